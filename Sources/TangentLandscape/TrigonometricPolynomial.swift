import TangentNumerics

/// A real trigonometric polynomial in p angles: the sum of coefficients times the products, one factor an angle phi_l,
/// of (1, cos phi_l, sin phi_l, ..., cos D_l phi_l, sin D_l phi_l).
public struct TrigonometricPolynomial: Sendable, Equatable {
  /// D_l, at least 0.
  public let degrees: [Int]
  /// (2 D_1 + 1, ..., 2 D_p + 1), row-major.
  public let coefficients: [Double]
  let tree: CoefficientTree

  /// - Throws: unless there are as many coefficients as the degrees ask for, all finite.
  public init(degrees: [Int], coefficients: [Double]) throws(TangentError) {
    var count = 1
    for (l, degree) in degrees.enumerated() {
      guard degree >= 0 else {
        throw .invalid("the degree of angle \(l) is \(degree); it must not be negative")
      }
      let (width, wide) = degree.multipliedReportingOverflow(by: 2)
      let (product, overflow) = count.multipliedReportingOverflow(by: wide ? .max : width + 1)
      guard !wide, !overflow else {
        throw .invalid("degrees \(degrees) ask for more coefficients than there can be")
      }
      count = product
    }
    guard coefficients.count == count else {
      throw .invalid("there are \(coefficients.count) coefficients, the degrees \(degrees) ask for \(count)")
    }
    if let bad = coefficients.firstNonFinite {
      throw .invalid("coefficient \(bad) is \(coefficients[bad]); it must be finite")
    }
    guard count <= Int(Int32.max) else {
      throw TangentError(.outOfMemory, "\(count) coefficients are too many; \(Int32.max) are the limit")
    }
    self.degrees = degrees
    self.coefficients = coefficients
    tree = CoefficientTree(widths: degrees.map { 2 * $0 + 1 }, coefficients: coefficients)
  }

  public var angleCount: Int { degrees.count }
}
