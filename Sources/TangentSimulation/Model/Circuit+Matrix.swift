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
    let identity = try Observable.pauli(String(repeating: "I", count: qubitCount))
    let model = try Model(circuit: self, observables: [identity])
    let parameters = try ParameterSets(parameters)
    var result = ComplexMatrix(rows: d, columns: d)
    let group = min(d, max(16, Self.groupAmplitudes / d))
    for first in stride(from: 0, to: d, by: group) {
      // A group at a time: less memory, and looks at the token in between.
      var basis = [Double](repeating: 0, count: 2 * group * d)
      for j in 0..<group { basis[2 * (j * d + first + j)] = 1 }
      let data = try InputData(
        sampleCount: group, features: (0..<group).flatMap { _ in features }, featureCount: features.count,
        states: basis, stateKind: .pure, dimension: d)
      let columns = try model.outputStates(parameters, data, cancel: cancel)
      for i in 0..<d {
        for j in 0..<group {
          let entry = 2 * (j * d + i)
          result[i, first + j] = (columns[entry], columns[entry + 1])
        }
      }
    }
    return result
  }

  /// Amplitudes of the basis states that go through the circuit together.
  private static let groupAmplitudes = 1 << 19
}
