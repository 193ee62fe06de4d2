import TangentCircuits
import TangentNumerics

/// Halves the work of dense unitaries that alternate with evolutions under one and the same Z string.
///
/// Every such unitary U has a cosine-sine decomposition U = L M R in which L and R commute with the string: each is two
/// matrices of half the size, one on the basis states where the string is +1 and one on the others. M is a plain
/// rotation of pairs of amplitudes. L passes the next evolution and meets the next R, so that
///
///     U_0 D_1 U_1 D_2 U_2 ... becomes (R_1 U_0) D_1 M_1 (R_2 L_1) D_2 M_2 (R_3 L_2) ...
///
/// (in time order, products to be read from right to left). It is the first step of the quantum Shannon decomposition
/// (Shende, Bullock and Markov, IEEE Trans. CAD 25, 1000 (2006)).
struct ShannonDecomposition {
  /// Smaller unitaries gain nothing, larger ones take long to be decomposed.
  private static let dimensions = 8...128

  private let register: Int
  private let cancel: CancelToken?

  init(register: Int, cancel: CancelToken? = nil) {
    self.register = register
    self.cancel = cancel
  }

  /// The same operations, unitaries between two evolutions under one Z string replaced by their factors.
  /// - Throws: `cancelled`.
  func apply(to operations: [ElementaryOperation]) throws(TangentError) -> [ElementaryOperation] {
    let places = operations.indices.filter { isBetweenEqualEvolutions($0, in: operations) }
    guard !places.isEmpty else { return operations }
    let factors = factors(of: places, in: operations)
    try cancel?.check()
    var parts: [Part] = []
    // The last unitary, whose left factor is on its way past the evolutions that follow.
    var last: Factors?
    for (k, operation) in operations.enumerated() {
      if let own = factors[k] {
        // The right factor goes before the evolutions that it commutes with, where the last left factor joins it if it is
        // one on the same qubits.
        let place = parts.count - parts.reversed().prefix { $0.zString == own.mask }.count
        if let last, last.qubits != own.qubits {
          parts.insert(
            contentsOf: [.outer(left: last, right: nil), .outer(left: nil, right: own)], at: place)
        } else {
          parts.insert(.outer(left: last, right: own), at: place)
        }
        parts.append(.operation(own.middle))
        last = own
      } else {
        if let waiting = last, ShannonDecomposition.zString(operation) != waiting.mask {
          parts.append(.outer(left: waiting, right: nil))
          last = nil
        }
        parts.append(.operation(operation))
      }
    }
    if let last { parts.append(.outer(left: last, right: nil)) }
    let result = carriedOut(parts)
    try cancel?.check()
    return result
  }

  /// Two matrices, one on the basis states where the string is +1 and one on the others.
  private struct Blocks {
    let upper: ComplexMatrix
    let lower: ComplexMatrix

    func multiplied(by other: Blocks) -> Blocks {
      Blocks(upper: upper.multiplied(by: other.upper), lower: lower.multiplied(by: other.lower))
    }
  }

  /// A unitary's factors on its qubits, with the string that the outer ones commute with.
  private struct Factors {
    let mask: Int
    let qubits: [Int]
    /// The matrix's indices, first those where the string is +1.
    let order: [Int]
    let left: Blocks
    let middle: ElementaryOperation
    let right: Blocks

    func operation(_ blocks: Blocks) -> ElementaryOperation {
      let h = blocks.upper.rows
      var matrix = ComplexMatrix(rows: 2 * h, columns: 2 * h)
      matrix.withPlanes { targetRe, targetIm in
        for (block, order) in [(blocks.upper, order[..<h]), (blocks.lower, order[h...])] {
          block.withReadOnlyPlanes { re, im in
            var entry = 0
            for i in order {
              for j in order {
                (targetRe[i * 2 * h + j], targetIm[i * 2 * h + j]) = (re[entry], im[entry])
                entry += 1
              }
            }
          }
        }
      }
      return .fixed(matrix, qubits: qubits)
    }
  }

  /// An operation of the result, or what becomes one: a right factor after the left factor of the unitary before.
  private enum Part {
    case operation(ElementaryOperation)
    case outer(left: Factors?, right: Factors?)

    var operation: ElementaryOperation? {
      switch self {
      case .operation(let operation): operation
      case .outer(let left?, let right?): right.operation(right.right.multiplied(by: left.left))
      case .outer(let left?, nil): left.operation(left.left)
      case .outer(nil, let right?): right.operation(right.right)
      case .outer(nil, nil): nil
      }
    }

    var zString: Int? {
      if case .operation(let operation) = self { ShannonDecomposition.zString(operation) } else { nil }
    }
  }

  private func carriedOut(_ parts: [Part]) -> [ElementaryOperation] {
    var result = [ElementaryOperation?](repeating: nil, count: parts.count)
    result.withUnsafeMutableBufferPointer { result in
      nonisolated(unsafe) let result = result
      ThreadPool.current.run(tasks: parts.count, workers: ThreadPool.current.threadCount) { k, _ in
        if let cancel, cancel.isCancelled { return }
        result[k] = parts[k].operation
      }
    }
    return result.compactMap { $0 }
  }

  /// The mask of a single Z string's evolution.
  private static func zString(_ operation: ElementaryOperation) -> Int? {
    guard case .evolution(.paulis(let terms, controls: 0), _) = operation, terms.count == 1,
      terms[0].string.isDiagonal, terms[0].string.z != 0
    else { return nil }
    return Int(terms[0].string.z)
  }

  private func isBetweenEqualEvolutions(_ k: Int, in operations: [ElementaryOperation]) -> Bool {
    guard case .fixed(let matrix, let qubits) = operations[k], k > 0, k + 1 < operations.count,
      let mask = ShannonDecomposition.zString(operations[k - 1]),
      ShannonDecomposition.zString(operations[k + 1]) == mask,
      ShannonDecomposition.dimensions.contains(matrix.rows)
    else { return false }
    let bits: Int = Bits.mask(ofQubits: qubits, register: register)
    return mask & ~bits == 0 && IndexBlocks(of: matrix).all.count == 1
  }

  /// Of every unitary that has a decomposition, by its place.
  private func factors(of places: [Int], in operations: [ElementaryOperation]) -> [Factors?] {
    let threads = ThreadPool.current.threadCount
    var result = [Factors?](repeating: nil, count: operations.count)
    result.withUnsafeMutableBufferPointer { result in
      nonisolated(unsafe) let result = result
      ThreadPool.current.run(tasks: places.count, workers: threads) { task, _ in
        if let cancel, cancel.isCancelled { return }
        let place = places[task]
        guard case .fixed(let matrix, let qubits) = operations[place],
          let mask = ShannonDecomposition.zString(operations[place - 1])
        else { return }
        result[place] = factors(matrix, qubits, mask)
      }
    }
    return result
  }

  private func factors(_ matrix: ComplexMatrix, _ qubits: [Int], _ mask: Int) -> Factors? {
    // The string's mask over the matrix's own index.
    let local = Bits.gathered(mask, at: qubits.map { register - 1 - $0 })
    let indices = Array(0..<matrix.rows)
    let order =
      indices.filter { ($0 & local).nonzeroBitCount & 1 == 0 }
      + indices.filter { ($0 & local).nonzeroBitCount & 1 == 1 }
    var sorted = matrix
    if order != indices {
      for i in indices {
        for j in indices { sorted[i, j] = matrix[order[i], order[j]] }
      }
    }
    guard let parts = CosineSineDecomposition(sorted) else { return nil }
    let h = matrix.rows / 2
    var middle = ComplexMatrix(rows: 2 * h, columns: 2 * h)
    for i in 0..<h {
      let (even, odd) = (order[i], order[h + i])
      middle[even, even] = (parts.cosines[i], 0)
      middle[odd, odd] = (parts.cosines[i], 0)
      middle[even, odd] = (-parts.sines[i], 0)
      middle[odd, even] = (parts.sines[i], 0)
    }
    return Factors(
      mask: mask, qubits: qubits, order: order,
      left: Blocks(upper: parts.left.upper, lower: parts.left.lower),
      middle: .fixed(middle, qubits: qubits),
      right: Blocks(upper: parts.right.upper, lower: parts.right.lower))
  }
}
