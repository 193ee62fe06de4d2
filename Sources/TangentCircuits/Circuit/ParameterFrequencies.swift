/// The frequencies with which every expectation value oscillates in one parameter: 0, base, ..., degree * base.
public struct ParameterFrequencies: Sendable, Equatable {
  /// Radians of the angle a radian of the parameter; 1 where nothing depends on it.
  public let base: Double
  public let degree: Int

  public init(base: Double, degree: Int) {
    self.base = base
    self.degree = degree
  }
}
