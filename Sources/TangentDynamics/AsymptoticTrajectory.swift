/// The exact over-parameterised limit of training, at T times for m samples.
public struct AsymptoticTrajectory: Sendable, Equatable {
  /// (T, m), row-major.
  public internal(set) var predictions: [Double] = []
  /// (T, m, m): the limit of the tangent kernel divided by the sum of Z.
  public internal(set) var kernels: [Double] = []
  /// (T, m, m, m): the limit of the dQNTK divided by the square of the sum of Z; empty unless it was asked for.
  public internal(set) var dqntk: [Double] = []
}

/// How to integrate the asymptotic flow.
public enum AsymptoticMethod: Int32, Sendable {
  /// The cheaper of the two by an estimate of their operations.
  case automatic = 0
  /// The flow of the data's coordinates alone, for any number of qubits.
  case reduced = 1
  /// The Heisenberg flow of the whole observable.
  case dense = 2
}

/// Local error of the flows, relative and absolute; results are good to 1e-9.
let flowTolerance = 1e-13
