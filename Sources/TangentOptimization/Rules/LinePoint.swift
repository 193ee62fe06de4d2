/// A point of a line search.
struct LinePoint {
  /// The distance from the origin, in lengths of the direction.
  var alpha: Double
  var theta: [Double]
  var value: LossGradient
  /// The derivative of the loss with respect to `alpha`.
  var slope: Double

  var loss: Double { value.loss }
}
