/// Loss and gradient of every parameter set, with what else the sweep has computed. A call that writes into the result
/// of the last one takes over its memory and, on the same samples, its preparations.
public struct GradientResult: Sendable {
  /// (sets), the mean of l_j over the rows
  public internal(set) var loss: [Double] = []
  /// (sets, parameters)
  public internal(set) var gradient: [Double] = []
  /// (sets, rows, outputs)
  public internal(set) var predictions: [Double] = []
  /// (sets, rows, outputs, parameters) if asked for
  public internal(set) var jacobian: [Double]?
  /// (sets, rows)
  var losses: [Double] = []
  /// Gradients of chunks of samples.
  var partial: [Double] = []
  var preparation: GradientPreparation?

  public init() {}
}
