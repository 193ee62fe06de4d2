import TangentNumerics

/// The sets of indices that a matrix maps to itself, where they are equally large, so that the matrix is as many
/// independent smaller ones; otherwise all indices are one set.
struct IndexBlocks {
  /// Ascending within a block; blocks in the order of their first indices.
  let all: [[Int]]
  /// Indices of a block.
  var size: Int { all[0].count }

  init(of matrix: ComplexMatrix) {
    let d = matrix.rows
    var sets = IndexSets(count: d)
    matrix.withReadOnlyPlanes { re, im in
      for row in 0..<d {
        for column in 0..<d where re[row * d + column] != 0 || im[row * d + column] != 0 {
          sets.join(row, column)
        }
        // All are one set: most matrices show it in their first row.
        if sets.setCount == 1 { return }
      }
    }
    self.init(sets)
  }

  /// The sets that both matrices map to themselves.
  func joined(with other: IndexBlocks) -> IndexBlocks {
    var sets = IndexSets(count: all.count * size)
    for block in all + other.all {
      for index in block { sets.join(block[0], index) }
    }
    return IndexBlocks(sets)
  }

  private init(_ sets: IndexSets) {
    let indices = 0..<sets.count
    let blocks = Dictionary(grouping: indices, by: sets.root).sorted { $0.key < $1.key }.map(\.value)
    all = blocks.allSatisfy { $0.count == blocks[0].count } ? blocks : [Array(indices)]
  }
}

/// Disjoint sets of indices that grow together (union-find), each known by its smallest index.
private struct IndexSets {
  private var parents: [Int]
  private(set) var setCount: Int

  var count: Int { parents.count }

  init(count: Int) {
    parents = Array(0..<count)
    setCount = count
  }

  func root(_ index: Int) -> Int {
    var index = index
    while parents[index] != index { index = parents[index] }
    return index
  }

  mutating func join(_ first: Int, _ second: Int) {
    // Most entries join what is joined already.
    if parents[first] == parents[second] { return }
    let (a, b) = (root(first), root(second))
    guard a != b else { return }
    parents[max(a, b)] = min(a, b)
    setCount -= 1
  }
}
