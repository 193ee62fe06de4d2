/// The qubits that circuits and observables act on.
public enum Register {
  /// Basis indices and the dimension 2^n stay positive in 64 bits. How many qubits a state may have is the simulation's
  /// affair: predictions need only those that the observables' light cone reaches.
  public static let maximumQubits = 62
}
