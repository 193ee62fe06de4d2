import TangentCircuits
import TangentNumerics
import Testing

@Suite struct FrequencyTests {
  private func frequencies(_ build: (inout Circuit) throws -> Void) throws -> [ParameterFrequencies] {
    var circuit = try Circuit(qubitCount: 3)
    try build(&circuit)
    return try circuit.parameterFrequencies()
  }

  @Test func gapsAddUp() throws {
    let found = try frequencies {
      try $0.append(.ry, qubits: [0], angles: [.parameter(0)])
      try $0.append(.phase, qubits: [1], angles: [Angle.parameter(0).scaled(by: 2)])
      // Controls that are 0 see no rotation: gaps 1/2 and 1.
      try $0.append(.crx, qubits: [0, 1], angles: [.parameter(1)])
      try $0.append(.rzz, qubits: [0, 2], angles: [Angle.parameter(3).scaled(by: -3)])
    }
    #expect(found.map(\.degree) == [3, 2, 0, 1])
    for (base, expected) in zip(found.map(\.base), [1, 0.5, 1, 3]) { #expect(abs(base - expected) < 1e-12) }
  }

  @Test func generatorsOfSeveralStrings() throws {
    let sum = try Observable.combination([.pauli("ZII"), .pauli("IZI")], coefficients: [1, 1.5])
    let found = try frequencies {
      try $0.appendEvolution(.parameter(0), generator: sum, qubits: [0, 1, 2])
    }
    // Levels +-1 +- 1.5: gaps 1, 2, 3, 5 have the base 1.
    #expect(found == [ParameterFrequencies(base: 1, degree: 5)])
  }

  @Test func whatHasNoBaseIsNamed() throws {
    #expect(throws: TangentError.self) {
      _ = try frequencies {
        try $0.append(.ry, qubits: [0], angles: [.parameter(0)])
        try $0.append(.ry, qubits: [0], angles: [Angle.parameter(0).scaled(by: 2.0.squareRoot())])
      }
    }
    #expect(throws: TangentError.self) {
      _ = try frequencies {
        try $0.append(.ry, qubits: [0], angles: [Angle(terms: [.init(1, .parameterFeature(0, 0))])])
      }
    }
  }
}
