import TangentNumerics

extension Ansatz {
  /// The partially trainable ansatz U_p exp(-i theta_p H) ... U_1 exp(-i theta_1 H) U_0 with fixed Haar-random U_l
  /// (You, Chakrabarti, Chen, Wu, ICML 2023).
  ///
  /// - Parameters:
  ///   - generator: H on all qubits; Pauli Z on qubit 0 unless given.
  ///   - unitaries: U_0 first, `parameterCount` + 1 of them, instead of random ones.
  /// - Throws: for counts and shapes that do not fit or matrices that are not unitary, `cancelled`.
  public static func haar(
    qubitCount n: Int, parameterCount p: Int, generator: Observable? = nil, seed: UInt64 = 0,
    unitaries: [ComplexMatrix]? = nil, cancel: CancelToken? = nil
  ) throws(TangentError) -> Circuit {
    var circuit = try Circuit(qubitCount: n)
    guard n <= maximumHaarQubits else {
      throw .invalid("Haar unitaries on \(n) qubits are too large; the limit is \(maximumHaarQubits) qubits")
    }
    guard p >= 0, p <= Angle.maximumIndex else {
      throw .invalid("\(p) parameters; between 0 and \(Angle.maximumIndex) are possible")
    }
    if let unitaries, unitaries.count != p + 1 {
      throw .invalid("\(unitaries.count) unitaries for \(p) parameters; \(p + 1) are needed, U_0 first")
    }
    let all = Array(0..<n)
    let hamiltonian: Observable
    if let generator {
      hamiltonian = generator
    } else {
      hamiltonian = try .pauli("Z" + String(repeating: "I", count: n - 1))
    }
    let random = unitaries == nil ? randomUnitaries(p + 1, dimension: 1 << n, seed: seed, cancel) : []
    for l in 0...p {
      try cancel?.check()
      if l > 0 { try circuit.appendEvolution(.parameter(l - 1), generator: hamiltonian, qubits: all) }
      if let unitaries {
        try circuit.appendUnitary(unitaries[l], qubits: all)
      } else {
        try circuit.append(knownUnitary: random[l], qubits: all)
      }
    }
    return circuit
  }

  /// Each has a stream of its own, so that threads may share them.
  private static func randomUnitaries(
    _ count: Int, dimension: Int, seed: UInt64, _ cancel: CancelToken?
  ) -> [ComplexMatrix] {
    var result = [ComplexMatrix](repeating: ComplexMatrix(rows: 0, columns: 0), count: count)
    result.withUnsafeMutableBufferPointer { result in
      nonisolated(unsafe) let result = result
      ThreadPool.current.run(tasks: count, workers: ThreadPool.current.threadCount) { l, _ in
        if let cancel, cancel.isCancelled { return }
        result[l] = ComplexMatrix.haarUnitary(
          dimension: dimension, seed: seed, stream: Philox.stream(.haarUnitary, l), cancel: cancel)
      }
    }
    return result
  }

  public static let maximumHaarQubits = 10
}
