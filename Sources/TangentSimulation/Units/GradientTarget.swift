/// Where a gradient call writes; each unit to its own places.
struct GradientTarget {
  let predictions: UnsafeMutablePointer<Double>
  let jacobian: UnsafeMutablePointer<Double>?
  /// One gradient with respect to the parameters a buffer; nil where it is not wanted or there are none.
  let partial: UnsafeMutablePointer<Double>?
  /// (sets, rows, features of the data); nil where it is not wanted.
  let features: UnsafeMutablePointer<Double>?
}
