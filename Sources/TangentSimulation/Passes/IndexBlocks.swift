import TangentNumerics

/// The sets of indices that matrices map to themselves, where they are equally large, so that each matrix is as many
/// independent smaller ones; otherwise all indices are one set.
struct IndexBlocks {
  /// Ascending within a block; blocks in the order of their first indices.
  let all: [[Int]]
  /// Indices of a block.
  var size: Int { all[0].count }

  init(of matrices: [ComplexMatrix]) {
    let d = matrices[0].rows
    // Union-find over the entries that are not zero.
    var roots = Array(0..<d)
    func root(_ index: Int) -> Int {
      var index = index
      while roots[index] != index { index = roots[index] }
      return index
    }
    var count = d
    for matrix in matrices {
      for row in 0..<d {
        for column in 0..<d where matrix[row, column] != (0, 0) {
          let (a, b) = (root(row), root(column))
          guard a != b else { continue }
          roots[max(a, b)] = min(a, b)
          count -= 1
        }
        // All are one set: most matrices show it in their first row.
        if count == 1 { break }
      }
    }
    let blocks = Dictionary(grouping: 0..<d, by: root).sorted { $0.key < $1.key }.map(\.value)
    all = blocks.allSatisfy { $0.count == blocks[0].count } ? blocks : [Array(0..<d)]
  }
}

extension ComplexMatrix {
  /// Whether the matrix is real rotations of pairs of amplitudes, which differ in `bit` unless it is nil.
  func rotatesPairs(differingIn bit: Int?) -> Bool {
    let blocks = IndexBlocks(of: [self])
    return blocks.size == 2 && im.allSatisfy { $0 == 0 }
      && blocks.all.allSatisfy {
        (bit == nil || $0[0] ^ $0[1] == bit) && self[$0[0], $0[0]] == self[$0[1], $0[1]]
          && self[$0[0], $0[1]].re == -self[$0[1], $0[0]].re
      }
  }
}
