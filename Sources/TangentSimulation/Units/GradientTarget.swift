/// Where a gradient call writes; each unit to its own places.
struct GradientTarget {
  let predictions: UnsafeMutablePointer<Double>
  let jacobian: UnsafeMutablePointer<Double>?
  let losses: UnsafeMutablePointer<Double>
  /// One gradient a buffer; nil without parameters.
  let partial: UnsafeMutablePointer<Double>?
}
