import TangentNumerics

/// One worker's test of boxes.
struct BoxTest {
  let contraction: JetContraction
  private let p: Int
  private let fourthBounds: [Double]
  private let slack: Double
  private let gradientPlaces: [Int]
  private let hessianPlaces: [Int]
  /// (j, i, l) with i >= l, for i > l counted twice.
  private let thirdPlaces: [Int]
  private var eigen: SymmetricJacobi
  private var gradient: [Double]
  private var hessian: [Double]
  private var third: [Double]
  private var row: [Double]

  init(_ polynomial: TrigonometricPolynomial, _ fourthBounds: [Double], _ slack: Double) {
    let contraction = JetContraction(polynomial, order: .third)
    let p = polynomial.angleCount
    self.contraction = contraction
    self.p = p
    self.fourthBounds = fourthBounds
    self.slack = slack
    gradientPlaces = (0..<p).map { contraction.place(of: $0) }
    hessianPlaces = (0..<p).flatMap { i in (0..<p).map { j in contraction.place(of: i, j) } }
    thirdPlaces = (0..<p).flatMap { j in
      (0..<p).flatMap { i in (0...i).map { l in contraction.place(of: j, i, l) } }
    }
    eigen = SymmetricJacobi(size: p)
    gradient = [Double](repeating: 0, count: p)
    hessian = [Double](repeating: 0, count: p * p)
    third = [Double](repeating: 0, count: thirdPlaces.count)
    row = gradient
  }

  mutating func excludes(_ jet: UnsafePointer<Lane>, lane: Int, halfWidth r: Double) -> Bool {
    for j in 0..<p { gradient[j] = jet[gradientPlaces[j]][lane] }
    for k in hessian.indices { hessian[k] = jet[hessianPlaces[k]][lane] }
    for k in third.indices { third[k] = jet[thirdPlaces[k]][lane] }
    for j in 0..<p {
      for i in 0..<p { row[i] = i == j ? 1 : 0 }
      if isPositive(r) { return true }
    }
    eigen.matrix.withUnsafeMutableBufferPointer { matrix in
      for k in matrix.indices { matrix[k] = hessian[k] }
    }
    eigen.diagonalise()
    for k in 0..<p {
      for i in 0..<p { row[i] = eigen.vectors[i * p + k] }
      if isPositive(r) { return true }
    }
    for j in 0..<p {
      for i in 0..<p {
        var sum = 0.0
        for k in 0..<p {
          let value = eigen.value(k)
          if value != 0 { sum += eigen.vectors[j * p + k] * eigen.vectors[i * p + k] / value }
        }
        row[i] = sum
      }
      if isPositive(r) { return true }
    }
    return false
  }

  /// Whether the gradient's component along `row` vanishes nowhere in the box.
  private func isPositive(_ r: Double) -> Bool {
    let triangle = p * (p + 1) / 2
    var (middle, linear, fourth, size) = (0.0, 0.0, 0.0, 0.0)
    for j in 0..<p {
      middle += row[j] * gradient[j]
      fourth += abs(row[j]) * fourthBounds[j]
      size += abs(row[j])
    }
    for i in 0..<p {
      var sum = 0.0
      for j in 0..<p { sum += row[j] * hessian[j * p + i] }
      linear += abs(sum)
    }
    let rest = abs(middle) - r * linear - r * r * r / 6 * fourth - slack * size
    if rest <= 0 { return false }
    var quadratic = 0.0
    var entry = 0
    for i in 0..<p {
      for l in 0...i {
        var sum = 0.0
        for j in 0..<p { sum += row[j] * third[j * triangle + entry] }
        quadratic += (i == l ? 1 : 2) * abs(sum)
        entry += 1
      }
    }
    return rest > r * r / 2 * quadratic
  }
}
