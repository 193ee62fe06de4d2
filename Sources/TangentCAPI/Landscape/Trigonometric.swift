public import CTangent
internal import TangentLandscape
internal import TangentNumerics

final class TrigonometricBox: Handled {
  static let kind = HandleKind.trigonometric
  let polynomial: TrigonometricPolynomial

  init(_ polynomial: TrigonometricPolynomial) { self.polynomial = polynomial }

  /// - Throws: for a handle of something else, and for another number of angles.
  static func value(_ handle: Int64, angles n_angles: Int64) throws(TangentError) -> TrigonometricPolynomial {
    let polynomial = try HandleTable.shared.find(handle, as: TrigonometricBox.self).polynomial
    guard n_angles == polynomial.angleCount else {
      throw .invalid("n_angles is \(n_angles), the polynomial has \(polynomial.angleCount) angles")
    }
    return polynomial
  }
}

/// A trigonometric polynomial: coefficients over the products, one factor an angle, of (1, cos, sin, ..., cos D, sin D),
/// (2 degrees[0] + 1, ..., 2 degrees[n_angles-1] + 1), row-major. They are copied.
@c(qtg_trigonometric_create)
public func trigonometricCreate(
  _ n_angles: Int64, _ degrees: UnsafePointer<Int64>?, _ coefficients: UnsafePointer<Double>?,
  _ n_coefficients: Int64, _ result: UnsafeMutablePointer<qtg_trigonometric>?
) -> Int32 {
  guarded { () throws(TangentError) in
    guard (1...64).contains(n_angles) else { throw .invalid("n_angles is \(n_angles), 1 to 64 is supported") }
    let degrees = try Arguments.buffer("degrees", degrees, count: Int(n_angles)).map { Int($0) }
    // The coefficients, and their tree.
    let count = try Arguments.count("coefficients", n_coefficients, 4) / 4
    let polynomial = try TrigonometricPolynomial(
      degrees: degrees, coefficients: try Arguments.doubles("coefficients", coefficients, count: count))
    let result = try Arguments.nonNull("result", result)
    result.pointee = try HandleTable.shared.insert(TrigonometricBox(polynomial))
  }
}

/// The polynomial at points (n_points, n_angles), in radians: values (n_points); gradients (n_points, n_angles) and
/// hessians (n_points, n_angles, n_angles) may be null.
@c(qtg_trigonometric_evaluate)
public func trigonometricEvaluate(
  _ trigonometric: qtg_trigonometric, _ n_points: Int64, _ n_angles: Int64, _ points: UnsafePointer<Double>?,
  _ cancel: qtg_cancel, _ values: UnsafeMutablePointer<Double>?, _ gradients: UnsafeMutablePointer<Double>?,
  _ hessians: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let polynomial = try TrigonometricBox.value(trigonometric, angles: n_angles)
    let points = try Arguments.doubles(
      "points", points, count: try Arguments.count("points", n_points, n_angles))
    let order: DerivativeOrder = hessians != nil ? .hessian : gradients != nil ? .gradient : .value
    try Memory.require(
      polynomial.evaluationBytes(points: Int(n_points), order: order), "\(n_points) points of the polynomial")
    let found = try polynomial.evaluate(points, order: order, cancel: token)
    try Results.write(found.values, to: values, "values")
    if let gradients { try Results.write(found.gradients, to: gradients, "gradients") }
    if let hessians { try Results.write(found.hessians, to: hessians, "hessians") }
  }
}

/// Which boxes may hold a critical point of the polynomial that is not known: centres (n_boxes, n_angles), half_width in
/// radians; known (n_known, n_angles), each the only one within its entry of radii (n_known); fourth_bounds (n_angles),
/// entry j at least sum_ilm |d_j d_i d_l d_m| anywhere. survives (n_boxes) receives 0 or 1.
@c(qtg_trigonometric_exclude)
public func trigonometricExclude(
  _ trigonometric: qtg_trigonometric, _ n_angles: Int64, _ fourth_bounds: UnsafePointer<Double>?,
  _ n_known: Int64, _ known: UnsafePointer<Double>?, _ radii: UnsafePointer<Double>?, _ n_boxes: Int64,
  _ centres: UnsafePointer<Double>?, _ half_width: Double, _ cancel: qtg_cancel,
  _ survives: UnsafeMutablePointer<UInt8>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let polynomial = try TrigonometricBox.value(trigonometric, angles: n_angles)
    let exclusion = try BoxExclusion(
      polynomial,
      fourthBounds: try Arguments.doubles("fourth_bounds", fourth_bounds, count: Int(n_angles)),
      known: try Arguments.doubles("known", known, count: try Arguments.count("known", n_known, n_angles)),
      radii: try Arguments.doubles("radii", radii, count: try Arguments.count("radii", n_known)))
    let centres = try Arguments.doubles(
      "centres", centres, count: try Arguments.count("centres", n_boxes, n_angles))
    try Memory.require(
      polynomial.evaluationBytes(points: Int(n_boxes), order: .third), "\(n_boxes) boxes of the polynomial")
    guard half_width > 0, half_width.isFinite else {
      throw .invalid("half_width is \(half_width); it must be positive and finite")
    }
    if n_boxes == 0 { return }
    let found = try exclusion.survivors(centres: centres, halfWidth: half_width, cancel: token)
    try Arguments.nonNull("survives", survives).update(from: found.map { $0 ? 1 : 0 }, count: found.count)
  }
}

/// Trains many starts on the polynomial of the angles base_l theta_l: start (n_starts, n_angles), base (n_angles); of the
/// options those of the optimizer are read. theta (n_starts, n_angles) and values (n_starts) receive where each ends.
@c(qtg_trigonometric_descend)
public func trigonometricDescend(
  _ trigonometric: qtg_trigonometric, _ n_angles: Int64, _ base: UnsafePointer<Double>?,
  _ options: UnsafePointer<qtg_run_options>?, _ steps: Int64, _ n_starts: Int64,
  _ start: UnsafePointer<Double>?, _ cancel: qtg_cancel, _ theta: UnsafeMutablePointer<Double>?,
  _ values: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let polynomial = try TrigonometricBox.value(trigonometric, angles: n_angles)
    guard n_starts >= 1, (0...(1 << 53)).contains(steps) else {
      throw .invalid("n_starts is \(n_starts) and steps \(steps); at least 1 and 0 are expected")
    }
    let options = try Arguments.structure("options", options)
    guard try Arguments.learningRateSchedule(options) == nil else {
      throw .invalid("the descent of many starts knows no schedule of the learning rate; leave it out")
    }
    let found = try polynomial.descend(
      from: try Arguments.doubles("start", start, count: try Arguments.count("start", n_starts, n_angles)),
      base: try Arguments.doubles("base", base, count: Int(n_angles)),
      optimizer: try Arguments.optimizer(options), steps: Int(steps),
      cancel: token)
    try Results.write(found.theta, to: theta, "theta")
    try Results.write(found.values, to: values, "values")
  }
}

@c(qtg_trigonometric_free)
public func trigonometricFree(_ trigonometric: qtg_trigonometric) -> Int32 {
  always { () throws(TangentError) in
    try HandleTable.shared.remove(trigonometric, kind: .trigonometric)
  }
}
