import TangentNumerics

/// A fixed unitary on its qubits, perhaps after rotations of pairs of amplitudes: one pass, once it is known what comes
/// next.
struct DenseDraft {
  private(set) var rotation: ComplexMatrix?
  private let matrix: ComplexMatrix
  private let blocks: IndexBlocks
  private let qubits: [Int]
  /// Whether the matrix mixes a register bit that lies in the lanes.
  private let isSplit: Bool

  init(_ matrix: ComplexMatrix, qubits: [Int], isSplit: Bool) {
    self.init(rotation: nil, matrix, IndexBlocks(of: matrix), qubits, isSplit)
  }

  private init(
    rotation: ComplexMatrix?, _ matrix: ComplexMatrix, _ blocks: IndexBlocks, _ qubits: [Int], _ isSplit: Bool
  ) {
    self.rotation = rotation
    self.matrix = matrix
    self.blocks = blocks
    self.qubits = qubits
    self.isSplit = isSplit
  }

  /// Both in one pass, where that does not cost more than two.
  /// - Parameter bit: the matrix's index bit in which amplitudes have to differ to be rotated; nil for any.
  func joined(after last: DenseDraft, differingIn bit: Int?) -> DenseDraft? {
    guard last.qubits == qubits else { return nil }
    // A block's row is as long as the block is large.
    if blocks.joined(with: last.blocks).size <= blocks.size + last.blocks.size {
      let product = matrix.multiplied(by: last.matrix)
      return DenseDraft(rotation: last.rotation, product, IndexBlocks(of: product), qubits, isSplit)
    }
    guard last.rotation == nil, last.rotatesPairs(differingIn: bit) else { return nil }
    return DenseDraft(rotation: last.matrix, matrix, blocks, qubits, isSplit)
  }

  /// Whether the matrix is real rotations of pairs of amplitudes, which differ in `bit` unless it is nil.
  private func rotatesPairs(differingIn bit: Int?) -> Bool {
    blocks.size == 2 && matrix.im.allSatisfy { $0 == 0 }
      && blocks.all.allSatisfy {
        (bit == nil || $0[0] ^ $0[1] == bit) && matrix[$0[0], $0[0]] == matrix[$0[1], $0[1]]
          && matrix[$0[0], $0[1]].re == -matrix[$0[1], $0[0]].re
      }
  }

  /// May be called from several threads.
  func pass(_ placement: Placement, arena: Arena) -> Pass {
    if isSplit {
      let pass = SplitDensePass(
        matrix, after: rotation, bits: placement.places(ofQubits: qubits), arena: arena)
      return .splitDense(arena.copy([pass]))
    }
    let pass = DensePass(
      matrix, after: rotation, bits: placement.bits(ofQubits: qubits), indexBits: placement.indexBits,
      arena: arena)
    return .dense(arena.copy([pass]))
  }
}
