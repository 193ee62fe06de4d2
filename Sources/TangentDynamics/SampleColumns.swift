import TangentNumerics

/// The states of m samples as weighted vectors: rho_j = sum over the columns a of sample j of weight_a |a><a|.
/// A pure state is one column of weight 1.
public struct SampleColumns: Sendable, Equatable {
  public let sampleCount: Int
  /// One weight a column.
  public let weights: [Double]
  /// The sample a column belongs to.
  public let owners: [Int]

  public var count: Int { weights.count }

  /// - Throws: `invalidArgument` for lengths that differ, a weight that is not finite or an owner out of range.
  public init(sampleCount: Int, weights: [Double], owners: [Int]) throws(TangentError) {
    guard weights.count == owners.count else {
      throw .invalid("\(weights.count) weights and \(owners.count) owners of columns; the counts must agree")
    }
    guard sampleCount >= 1 else { throw .invalid("\(sampleCount) samples; at least one is needed") }
    for (weight, owner) in zip(weights, owners) {
      guard weight.isFinite else { throw .invalid("a column's weight is \(weight); it must be finite") }
      guard owner >= 0, owner < sampleCount else {
        throw .invalid("a column belongs to sample \(owner); there are \(sampleCount) samples")
      }
    }
    self.sampleCount = sampleCount
    self.weights = weights
    self.owners = owners
  }

  /// m pure states, in order.
  public static func pure(_ sampleCount: Int) throws(TangentError) -> SampleColumns {
    try SampleColumns(
      sampleCount: sampleCount, weights: [Double](repeating: 1, count: max(sampleCount, 0)),
      owners: Array(0..<max(sampleCount, 0)))
  }
}
