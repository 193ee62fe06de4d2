import TangentNumerics

/// dM/dt = -c sum_j r_j [M, [M, rho_j]] by classical Runge-Kutta with fixed steps on nested arrays: slow, short, and
/// with nothing in common with the flows it checks.
struct NaiveFlow {
  struct Complex {
    var re: Double
    var im: Double

    static func + (a: Complex, b: Complex) -> Complex { Complex(re: a.re + b.re, im: a.im + b.im) }
    static func - (a: Complex, b: Complex) -> Complex { Complex(re: a.re - b.re, im: a.im - b.im) }
    static func * (a: Complex, b: Complex) -> Complex {
      Complex(re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re)
    }
    static func * (a: Double, b: Complex) -> Complex { Complex(re: a * b.re, im: a * b.im) }
  }
  typealias Matrix = [[Complex]]

  var measurement: Matrix
  let densities: [Matrix]
  let labels: [Double]
  let rate: Double

  init(_ measurement: ComplexMatrix, densities: [ComplexMatrix], labels: [Double], rate: Double = 1) {
    self.measurement = NaiveFlow.nested(measurement)
    self.densities = densities.map(NaiveFlow.nested)
    self.labels = labels
    self.rate = rate
  }

  var predictions: [Double] { predictions(measurement) }

  /// K_ij = -tr([M, rho_i] [M, rho_j])
  var kernel: [Double] {
    let commutators = densities.map { commutator(measurement, $0) }
    return commutators.flatMap { a in commutators.map { b in -trace(multiply(a, b)).re } }
  }

  mutating func advance(by time: Double, steps: Int) {
    let h = time / Double(steps)
    for _ in 0..<steps {
      let k1 = derivative(measurement)
      let k2 = derivative(combine(measurement, h / 2, k1))
      let k3 = derivative(combine(measurement, h / 2, k2))
      let k4 = derivative(combine(measurement, h, k3))
      for (weight, k) in [(h / 6, k1), (h / 3, k2), (h / 3, k3), (h / 6, k4)] {
        measurement = combine(measurement, weight, k)
      }
    }
  }

  private func predictions(_ m: Matrix) -> [Double] { densities.map { trace(multiply(m, $0)).re } }

  private func derivative(_ m: Matrix) -> Matrix {
    var sum = m.map { $0.map { _ in Complex(re: 0, im: 0) } }
    for (rho, (prediction, label)) in zip(densities, zip(predictions(m), labels)) {
      sum = combine(sum, -rate * (prediction - label), commutator(m, commutator(m, rho)))
    }
    return sum
  }

  private func commutator(_ a: Matrix, _ b: Matrix) -> Matrix { combine(multiply(a, b), -1, multiply(b, a)) }

  private func combine(_ a: Matrix, _ factor: Double, _ b: Matrix) -> Matrix {
    zip(a, b).map { zip($0, $1).map { $0 + factor * $1 } }
  }

  private func multiply(_ a: Matrix, _ b: Matrix) -> Matrix {
    a.map { row in
      b[0].indices.map { j in row.indices.reduce(Complex(re: 0, im: 0)) { $0 + row[$1] * b[$1][j] } }
    }
  }

  private func trace(_ a: Matrix) -> Complex { a.indices.reduce(Complex(re: 0, im: 0)) { $0 + a[$1][$1] } }

  private static func nested(_ matrix: ComplexMatrix) -> Matrix {
    (0..<matrix.rows).map { i in
      (0..<matrix.columns).map { Complex(re: matrix[i, $0].re, im: matrix[i, $0].im) }
    }
  }
}
