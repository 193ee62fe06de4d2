/// The derivatives of sum_ja w_ja yhat_ja for every parameter set. What is not asked for is empty.
public struct VectorJacobianProduct: Sendable {
  /// (sets, samples, outputs)
  public internal(set) var predictions: [Double]
  /// (sets, parameters)
  public internal(set) var gradient: [Double]
  /// (sets, samples, features), zero for features that the circuit does not use.
  public internal(set) var featureGradient: [Double]
}
