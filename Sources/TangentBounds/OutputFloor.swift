/// How low the mean squared loss of one output can get, 1/(2m) sum_j (yhat_j - y_j)^2.
public struct OutputFloor: Sendable, Equatable {
  /// From the range of the measurement and the distances of all pairs of states.
  public let pairwise: Double
  /// From all states at once, at least `pairwise`.
  public let collective: Double
  /// Whether some unitary circuit reaches the best collective bound, so that it is the global minimum.
  public let isTight: Bool
  /// The two differently labelled samples whose states overlap most, if their distances are known.
  public let closest: Closest?
  /// (m), of the best measurement found.
  public let predictions: [Double]

  public struct Closest: Sendable, Equatable {
    public let first: Int
    public let second: Int
    /// |<a|b>|^2, or 1 - T^2 for mixed states with the trace distance T.
    public let overlap: Double
  }

  /// What rounding errors could explain counts as 0.
  public var value: Double { collective > 1e-12 ? collective : 0 }
}
