import TangentNumerics

/// Inputs and labels that students learn from.
public struct TrainingSamples: Sendable {
  public let dimension: Int
  /// (n, d).
  public let inputs: [Double]
  /// (n).
  public let labels: [Double]

  public var count: Int { labels.count }

  /// - Throws: on a wrong number of entries, and for entries that are not finite.
  public init(inputs: [Double], labels: [Double], dimension: Int) throws(TangentError) {
    guard dimension >= 1, !labels.isEmpty, inputs.count == labels.count * dimension else {
      throw .invalid(
        "there are \(inputs.count) inputs and \(labels.count) labels, which are no samples of dimension \(dimension)"
      )
    }
    if let bad = inputs.firstNonFinite {
      throw .invalid("input \(bad) is \(inputs[bad]); inputs must be finite")
    }
    if let bad = labels.firstNonFinite {
      throw .invalid("label \(bad) is \(labels[bad]); labels must be finite")
    }
    self.dimension = dimension
    self.inputs = inputs
    self.labels = labels
  }
}
