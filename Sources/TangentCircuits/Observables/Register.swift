/// The qubits that circuits and observables act on.
public enum Register {
  /// One bit of a `QubitMask` each. How many qubits a state may have is the affair of what simulates: predictions need only
  /// those that the observables' light cone reaches, averages over parameters no state at all.
  public static let maximumQubits = QubitMask.bitWidth
}

/// Some qubits of a register, as bits of the basis index: qubit q of n is bit n - 1 - q.
public typealias QubitMask = UInt128
