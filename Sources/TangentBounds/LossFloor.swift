/// Below what the loss cannot fall for these data, whatever the parameters.
public struct LossFloor: Sendable, Equatable {
  /// A lower bound of the loss. 0 where the states are known and set none; nil where none is known: a 0 would then say
  /// that every label is in reach.
  public internal(set) var loss: Double?
  public internal(set) var basis: Basis
  /// One an output; none for cross-entropy or where no bound is known.
  public internal(set) var outputs: [OutputFloor] = []
  /// The part of it that labels outside the measurement's range cost.
  public internal(set) var outsideRange = 0.0
  /// The first label outside the range.
  public internal(set) var outside: Outside?
  /// The samples whose states are too close for their labels by most.
  public internal(set) var pair: Pair?

  /// None known.
  public init(basis: Basis) { self.basis = basis }

  /// What the bound is from, beside the range of the measurement.
  public enum Basis: Int32, Sendable {
    /// The distances of the states that enter the trainable part.
    case states = 0
    /// Equal samples alone, since features act after parameters and move the states.
    case equalSamplesOfMovingStates = 1
    /// Equal samples alone, since there are too many or too large states for more.
    case equalSamplesOfManyStates = 2
    /// Equal samples alone, as always for cross-entropy.
    case equalSamplesOfClasses = 3
  }

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
