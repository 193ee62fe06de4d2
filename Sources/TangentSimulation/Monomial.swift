import TangentNumerics

/// A matrix with one entry in every row and column: a permutation followed by phases.
struct Monomial {
  /// The permutation as exchanges of two indices, in the order of application.
  let transpositions: [(Int, Int)]
  /// The phase of every row, applied after the permutation.
  let phases: [(re: Double, im: Double)]

  var isPermutation: Bool { phases.allSatisfy { $0.re == 1 && $0.im == 0 } }

  init?(_ matrix: ComplexMatrix) {
    var image: [Int] = []
    var phases = [(re: Double, im: Double)](repeating: (1, 0), count: matrix.rows)
    for column in 0..<matrix.columns {
      let rows = (0..<matrix.rows).filter { matrix[$0, column] != (0, 0) }
      guard rows.count == 1 else { return nil }
      image.append(rows[0])
      phases[rows[0]] = matrix[rows[0], column]
    }
    guard Set(image).count == image.count else { return nil }
    self.phases = phases
    // Bring the amplitude that belongs to `row` there, one row after the other.
    var transpositions: [(Int, Int)] = []
    var content = Array(0..<matrix.columns)
    for row in 0..<matrix.rows {
      let place = content.firstIndex { image[$0] == row }!
      if place != row {
        transpositions.append((row, place))
        content.swapAt(row, place)
      }
    }
    self.transpositions = transpositions
  }
}

extension ComplexMatrix {
  var isDiagonal: Bool {
    for i in 0..<rows {
      for j in 0..<columns where i != j && self[i, j] != (0, 0) { return false }
    }
    return true
  }

  var diagonal: [(re: Double, im: Double)] { (0..<min(rows, columns)).map { self[$0, $0] } }
}
