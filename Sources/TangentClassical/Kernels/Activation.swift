import TangentNumerics

/// What a neuron does to its input.
///
/// V = E phi(u) phi(v) and V' = E phi'(u) phi'(v) for jointly Gaussian u, v with variances K1, K2 and covariance K3 have
/// closed forms (Cho, Saul, NIPS 2009; Williams, NIPS 1996).
public enum Activation: Sendable {
  case relu, erf

  /// V(K, K, K) and V'(K, K, K): of a neuron with itself.
  func selfExpectations(variance: Double) -> (value: Double, slope: Double) {
    switch self {
    case .relu: variance > Activation.leastVariance ? (variance / 2, 0.5) : (0, 0)
    case .erf:
      // asin(2K/(1 + 2K)), which loses no digits near 1.
      (
        2 / .pi * atan2(2 * variance, (1 + 4 * variance).squareRoot()),
        4 / .pi / (1 + 4 * variance).squareRoot()
      )
    }
  }

  /// What pairs need of one neuron's variance: an amplitude, which scales V, and the factor of K3 in the correlation.
  /// A neuron that is always off has neither.
  func tables(variance: Double) -> (amplitude: Double, inverse: Double) {
    switch self {
    case .relu:
      variance > Activation.leastVariance ? (variance.squareRoot(), 1 / variance.squareRoot()) : (0, 0)
    case .erf: (1, (2 / (1 + 2 * variance)).squareRoot())
    }
  }

  /// Below it the reciprocal of a variance overflows.
  private static let leastVariance = 1e-300
}
