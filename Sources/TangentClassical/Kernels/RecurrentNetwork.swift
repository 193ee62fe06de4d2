import TangentNumerics

/// An infinitely wide recurrent network: with n neurons a layer and standard normal W, U, b, V
///
///     g_l^t = sigma_w/sqrt(n) W_l h_l^(t-1) + sigma_u/sqrt(n_in) U_l h_(l-1)^t + sigma_b b_l,   h = phi(g),   h_0^t = x_t
///
/// and h_l^0 = sigma_h N(0, 1), which is not trained (Alemohammad et al., ICLR 2021; derived in docs/classical.md).
public struct RecurrentNetwork: Sendable {
  /// What the readout sees: the last step, or the mean over all of them, with one readout for all or one for each.
  public enum Pooling: Sendable { case last, mean, meanUntied }

  /// Whose initial states agree: each sequence's with its own alone, or all of them.
  public enum InitialState: Sendable { case independent, shared }

  public var layers: Int
  public var activation: Activation
  public var pooling: Pooling
  public var sigmaW: Double
  public var sigmaU: Double
  public var sigmaB: Double
  public var sigmaH: Double
  public var sigmaV: Double
  /// So many of the first layers are not trained.
  public var frozenLayers: Int
  public var initialState: InitialState

  public static let mostLayers = 64

  /// - Throws: for sigmas that are negative or not finite, and numbers of layers out of range.
  public init(
    layers: Int = 1, activation: Activation, pooling: Pooling = .last, sigmaW: Double, sigmaU: Double = 1,
    sigmaB: Double = 0, sigmaH: Double = 0, sigmaV: Double = 1, frozenLayers: Int = 0,
    initialState: InitialState = .independent
  ) throws(TangentError) {
    guard (1...RecurrentNetwork.mostLayers).contains(layers) else {
      throw .invalid("\(layers) layers; 1 to \(RecurrentNetwork.mostLayers) are supported")
    }
    guard (0...layers).contains(frozenLayers) else {
      throw .invalid("\(frozenLayers) frozen layers of \(layers); 0 to \(layers) are possible")
    }
    let sigmas = [
      ("sigma_w", sigmaW), ("sigma_u", sigmaU), ("sigma_b", sigmaB), ("sigma_h", sigmaH), ("sigma_v", sigmaV),
    ]
    for (name, sigma) in sigmas where !(sigma >= 0 && sigma.isFinite) {
      throw .invalid("\(name) is \(sigma); a standard deviation is at least 0 and finite")
    }
    self.layers = layers
    self.activation = activation
    self.pooling = pooling
    self.sigmaW = sigmaW
    self.sigmaU = sigmaU
    self.sigmaB = sigmaB
    self.sigmaH = sigmaH
    self.sigmaV = sigmaV
    self.frozenLayers = frozenLayers
    self.initialState = initialState
  }
}
