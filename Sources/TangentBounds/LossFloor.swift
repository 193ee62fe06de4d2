/// Below what the loss cannot fall for these data, whatever the parameters.
public struct LossFloor: Sendable, Equatable {
  /// A lower bound of the loss; 0 where nothing stands in the way.
  public internal(set) var loss = 0.0
  /// The part of it that labels outside the measurement's range cost.
  public internal(set) var outsideRange = 0.0
  /// The first label outside the range.
  public internal(set) var outside: Outside?
  /// The samples whose states are too close for their labels by most.
  public internal(set) var pair: Pair?

  public struct Outside: Sendable, Equatable {
    public let sample: Int
    public let output: Int
    /// What the output can reach.
    public let range: ClosedRange<Double>
  }

  public struct Pair: Sendable, Equatable {
    public let first: Int
    public let second: Int
    public let output: Int
    /// The trace distance of the two states; sqrt(1 - overlap) for pure ones.
    public let distance: Double
  }
}
