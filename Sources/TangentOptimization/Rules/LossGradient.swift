/// The loss and its gradient at a point.
public struct LossGradient: Sendable, Equatable {
  public var loss: Double
  public var gradient: [Double]

  public init(loss: Double, gradient: [Double]) {
    self.loss = loss
    self.gradient = gradient
  }
}
