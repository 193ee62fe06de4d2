import TangentCircuits
import TangentNumerics

extension Circuit {
  /// The circuit's unitary, column j being what becomes of basis state j.
  /// - Throws: on lengths that do not match, `outOfMemory` beyond 12 qubits, `cancelled`.
  public func matrix(
    parameters: [Double], features: [Double] = [], cancel: CancelToken? = nil
  ) throws(TangentError) -> ComplexMatrix {
    guard qubitCount <= Observable.maximumDenseQubits else {
      throw TangentError(
        .outOfMemory,
        "the matrix of a circuit on \(qubitCount) qubits is too large; the limit is \(Observable.maximumDenseQubits) qubits"
      )
    }
    let d = 1 << qubitCount
    var basis = [Double](repeating: 0, count: 2 * d * d)
    for j in 0..<d { basis[2 * (j * d + j)] = 1 }
    let data = try InputData(
      sampleCount: d, features: (0..<d).flatMap { _ in features }, featureCount: features.count,
      states: basis,
      stateKind: .pure, dimension: d)
    let identity = try Observable.pauli(String(repeating: "I", count: qubitCount))
    let columns = try Model(circuit: self, observables: [identity])
      .outputStates(ParameterSets(parameters), data, cancel: cancel)
    var result = ComplexMatrix(rows: d, columns: d)
    for j in 0..<d {
      try cancel?.check()
      for i in 0..<d { result[i, j] = (columns[2 * (j * d + i)], columns[2 * (j * d + i) + 1]) }
    }
    return result
  }
}
