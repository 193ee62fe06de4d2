/// What a run has recorded so far. Sets of parameters come first, then recorded steps: with s sets and T
/// recorded steps the loss is (s, T), the predictions (s, T, m, k), the kernels (s, T, m, m), theta (s, T, p),
/// row-major. A field that was not asked for is empty.
public struct RunRecord: Sendable, Equatable {
  public internal(set) var steps: [Int] = []
  /// Time of each recorded step: c * step with c = rate * Zsum / m for gradient descent, the flow's own time
  /// for gradient flow, NaN otherwise.
  public internal(set) var time: [Double] = []
  public internal(set) var loss: [Double] = []
  public internal(set) var predictions: [Double] = []
  public internal(set) var kernel: [Double] = []
  public internal(set) var theta: [Double] = []
}
