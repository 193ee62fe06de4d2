import TangentNumerics

/// How often detectors are read in a step: for predictions, and on each side of every angle for derivatives.
public struct ShotCounts: Sendable, Equatable {
  public var predictions: Int
  public var derivatives: Int
  /// How derivatives are measured, as the problem numbers its ways.
  public var estimator: Int32

  public init(predictions: Int, derivatives: Int, estimator: Int32 = 0) {
    self.predictions = predictions
    self.derivatives = derivatives
    self.estimator = estimator
  }

  func validate() throws(TangentError) {
    for (name, count) in [("predictions", predictions), ("derivatives", derivatives)] {
      guard 1...Philox.mostTrials ~= count else {
        throw .invalid("\(count) shots for \(name); 1 to \(Philox.mostTrials) are possible")
      }
    }
  }

  func encode(into writer: inout ByteWriter) {
    writer.write(predictions)
    writer.write(derivatives)
    writer.write(estimator)
  }

  init(from reader: inout ByteReader) throws(TangentError) {
    predictions = try reader.read(Int.self, "the shots for predictions")
    derivatives = try reader.read(Int.self, "the shots for derivatives")
    estimator = try reader.read(Int32.self, "the estimator")
  }
}
