import TangentNumerics

/// A matrix with one entry in every row and column: |i> becomes phases[image[i]] |image[i]>.
public struct Monomial {
  public let image: [Int]
  /// The phase of every row.
  public let phases: [(re: Double, im: Double)]

  public var isPermutation: Bool { phases.allSatisfy { $0.re == 1 && $0.im == 0 } }

  public init?(_ matrix: ComplexMatrix) {
    var image: [Int] = []
    var phases = [(re: Double, im: Double)](repeating: (1, 0), count: matrix.rows)
    for column in 0..<matrix.columns {
      let rows = (0..<matrix.rows).filter { matrix[$0, column] != (0, 0) }
      guard rows.count == 1 else { return nil }
      image.append(rows[0])
      phases[rows[0]] = matrix[rows[0], column]
    }
    guard Set(image).count == image.count else { return nil }
    self.image = image
    self.phases = phases
  }
}

extension ComplexMatrix {
  public var isDiagonal: Bool {
    for i in 0..<rows {
      for j in 0..<columns where i != j && self[i, j] != (0, 0) { return false }
    }
    return true
  }

  public var diagonal: [(re: Double, im: Double)] { (0..<min(rows, columns)).map { self[$0, $0] } }

  /// The matrix with these numbers on its diagonal.
  public init(diagonal: [(re: Double, im: Double)]) {
    self.init(rows: diagonal.count, columns: diagonal.count)
    for (k, entry) in diagonal.enumerated() { self[k, k] = entry }
  }
}
