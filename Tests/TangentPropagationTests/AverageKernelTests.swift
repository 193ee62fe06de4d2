import TangentCircuits
import TangentNumerics
import TangentPropagation
import TestSupport
import Testing

@Suite struct AverageKernelTests {
  private func problem(_ circuit: Circuit, _ letters: String, features: [[Double]] = [[]]) throws
    -> AverageProblem
  {
    let observable = try Observable.pauli(letters)
    return try AverageProblem(circuit, observable, scale: 1, features: features, states: [])
  }

  /// <Z> after RY(a) on |0> is cos a: mean 0, second moment 1/2, kernel sin^2 a in the mean 1/2.
  @Test func oneRotationHasItsClosedForm() throws {
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(.ry, qubits: [0], angles: [.parameter(0)])
    let found = try AverageKernel.exact(problem(circuit, "Z"), maximumStrings: 10)
    #expect(found.kernel == [0.5])
    #expect(found.secondMoment == [0.5])
    #expect(found.mean == [0])
    #expect(found.strings == 2)
  }

  @Test func walksAreTheSameOnAnyNumberOfThreads() throws {
    var circuit = try Circuit(qubitCount: 3)
    var parameter = 0
    for _ in 0..<2 {
      for qubit in 0..<3 {
        try circuit.append(.ry, qubits: [qubit], angles: [.parameter(parameter)])
        parameter += 1
      }
      try circuit.append(.cz, qubits: [0, 1])
      try circuit.append(.cz, qubits: [1, 2])
    }
    let average = try problem(circuit, "ZII")
    let results = try resultsByThreads { try AverageKernel.walks(average, count: 5000, seed: 3).kernel }
    #expect(results.allSatisfy { $0 == results[0] })
    let exact = try AverageKernel.exact(average, maximumStrings: 1000)
    let walks = try AverageKernel.walks(average, count: 5000, seed: 3)
    #expect(abs(walks.kernel[0] - exact.kernel[0]) < 5 * walks.standardError[0])
  }

  @Test func gatesBeyondTheMethodAreNamed() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.ry, qubits: [0], angles: [.parameter(0)])
    try circuit.append(.crx, qubits: [0, 1], angles: [.parameter(1)])
    #expect(throws: TangentError.self) { try problem(circuit, "ZI") }
  }
}
