import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

/// Circuits full of permutations of basis states between gates with and without parameters, against plain matrices.
@Suite struct PermutationTests {
  private static let permutations: [Gate] = [.x, .y, .cx, .cx, .cx, .cy, .swap, .iswap, .iswapdg, .ccx]
  private static let others: [Gate] = [
    .rx, .ry, .rz, .rz, .crx, .cry, .crz, .cp, .phase, .rxx, .ryy, .rzz, .cz, .t, .h, .u3,
  ]

  /// X on the second qubit where the first is 0: affine, and neither linear nor a relabelling.
  private static let openCX = ComplexMatrix(
    rows: 4, columns: 4, re: [0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    im: [Double](repeating: 0, count: 16))

  private func circuit(
    _ n: Int, length: Int, features: Int, _ cases: inout RandomCases
  ) throws -> Circuit {
    var circuit = try Circuit(qubitCount: n)
    for _ in 0..<length {
      let pool = cases.random.uniform() < 0.6 ? PermutationTests.permutations : PermutationTests.others
      let gate = pool[cases.random.index(below: pool.count)]
      let angles = (0..<gate.definition.angleCount).map { _ in cases.angle(parameters: 6, features: features)
      }
      try circuit.append(gate, qubits: cases.qubits(gate.definition.qubitCount, of: n), angles: angles)
      switch cases.random.index(below: 12) {
      case 5:
        let diagonal = cases.vector(4).map { (re: $0, im: 0.0) }
        try circuit.appendEvolution(
          cases.angle(parameters: 6, features: features),
          generator: .hermitian(ComplexMatrix(diagonal: diagonal)), qubits: cases.qubits(2, of: n))
      case 3, 4: try circuit.appendUnitary(PermutationTests.openCX, qubits: cases.qubits(2, of: n))
      case 0:
        try circuit.appendRotation(
          cases.angle(parameters: 6, features: features), pauli: "XYZ", qubits: cases.qubits(3, of: n))
      case 1: try circuit.appendUnitary(cases.unitary(4), qubits: cases.qubits(2, of: n))
      case 2:
        try circuit.appendEvolution(
          cases.angle(parameters: 6, features: features), generator: .hermitian(cases.hermitian(4)),
          qubits: cases.qubits(2, of: n))
      default: break
      }
    }
    try circuit.append(.ry, qubits: [0], angles: [.parameter(5)])
    if features > 0 { try circuit.append(.rx, qubits: [0], angles: [.feature(features - 1)]) }
    return circuit
  }

  private func observables(_ n: Int, _ cases: inout RandomCases) throws -> [Observable] {
    try [
      cases.pauliSum(n, terms: 4), .hermitian(cases.hermitian(1 << n)),
      .projector(String("0110101".prefix(n))), .pauli("Z" + String(repeating: "I", count: n - 2) + "Z"),
    ]
  }

  /// With history and without, with kept tables and without.
  @Test(arguments: 0..<24) func derivativesAgreeWithMatrices(seed: Int) throws {
    var cases = RandomCases(seed: 900 + UInt64(seed))
    let (n, features) = (3 + seed % 3, seed % 2 * 2)
    var circuit = try circuit(n, length: 30, features: features, &cases)
    if seed % 4 > 1 { for q in 1..<n { try circuit.append(.cx, qubits: [q - 1, q]) } }
    let observables = try observables(n, &cases)
    let (m, d, p) = (5, 1 << n, circuit.parameterCount)
    let states = cases.pureStates(m, d)
    let x = cases.vector(m * features)
    let theta = cases.vector(p)
    let data = try InputData(
      sampleCount: m, features: x, featureCount: features, states: states, stateKind: .pure, dimension: d)
    for caps in [WorkspaceLayout.Caps(), .init(tables: 0, history: 0)] {
      let model = try Model(circuit: circuit, observables: observables, scale: 1.1, caps: caps)
      let result = try model.jacobian(ParameterSets(theta), data)
      let output = try model.outputStates(ParameterSets(theta), data)
      for j in 0..<m {
        let psi = column(states[(2 * d * j)..<(2 * d * (j + 1))])
        let own = Array(x[(j * features)..<((j + 1) * features)])
        let expected = DenseReference.predictionsAndGradients(
          circuit, observables.map(DenseReference.operatorMatrix), theta: theta, x: own, psi: psi)
        for (a, one) in expected.enumerated() {
          let row = j * observables.count + a
          #expect(abs(result.predictions[row] - 1.1 * one.prediction) < 1e-11)
          for q in 0..<p {
            #expect(
              abs(result.jacobian[row * p + q] - 1.1 * one.gradient[q]) < 1e-11,
              "\(a) \(q) \(circuit.drawing())")
          }
        }
        let after = DenseReference.product(DenseReference.unitary(circuit, theta, own), psi)
        #expect((column(output[(2 * d * j)..<(2 * d * (j + 1))]) - after).maximumModulus < 1e-12)
      }
    }
  }

  /// Tiles of 16 vectors, several of them a state, against blocks.
  @Test(arguments: 0..<8) func tilesAgreeWithBlocks(seed: Int) throws {
    var cases = RandomCases(seed: 950 + UInt64(seed))
    let n = 7
    let circuit = try circuit(n, length: 40, features: 2, &cases)
    let observables = Array(try observables(n, &cases).dropFirst(seed % 2 * 2).filter { $0.dense == nil })
    let data = try InputData(
      sampleCount: 3, features: cases.vector(6), featureCount: 2, states: cases.pureStates(3, 1 << n),
      stateKind: .pure, dimension: 1 << n)
    let theta = try ParameterSets(cases.vector(circuit.parameterCount))
    var caps = WorkspaceLayout.Caps()
    (caps.blockQubits, caps.tile) = (0, 5)
    let tiles = try Model(circuit: circuit, observables: observables, scale: 1, caps: caps)
    #expect(try tiles.predictionSimulator(theta, data, rows: 3).statesPerUnit == 1)
    let blocks = try Model(circuit: circuit, observables: observables)
    let (own, expected) = (try tiles.jacobian(theta, data), try blocks.jacobian(theta, data))
    #expect(largestDifference(own.predictions, expected.predictions) < 1e-12)
    #expect(largestDifference(own.jacobian, expected.jacobian) < 1e-12)
    let (ownStates, states) = (try tiles.outputStates(theta, data), try blocks.outputStates(theta, data))
    #expect(largestDifference(ownStates, states) < 1e-12)
  }

  /// The metric, and the Hessian along the row of the Jacobian.
  @Test(arguments: 0..<10) func secondDerivatives(seed: Int) throws {
    var cases = RandomCases(seed: 980 + UInt64(seed))
    let n = 3
    let circuit = try circuit(n, length: 25, features: 2, &cases)
    let (p, d) = (circuit.parameterCount, 1 << n)
    let (theta, x, psi) = (cases.vector(p), cases.vector(2), cases.pureStates(1, d))
    let observable = try cases.pauliSum(n, terms: 3)
    let data = try InputData(
      sampleCount: 1, features: x, featureCount: 2, states: psi, stateKind: .pure, dimension: d)
    let model = try Model(circuit: circuit, observables: [observable])
    let reference = HeisenbergReference(circuit, theta: theta, x: x)
    let metric = reference.fisherInformation(projector(psi[...]))
    let size = metric.map(abs).max() ?? 0
    #expect(
      largestDifference(try model.fisherInformation(ParameterSets(theta), data), metric) < 1e-12
        * max(1, size))
    let row = try model.jacobian(ParameterSets(theta), data).jacobian
    let hessian = reference.hessian(DenseReference.operatorMatrix(observable), projector(psi[...]))
    var expected = 0.0
    for k in 0..<p { for l in 0..<p { expected += hessian[k * p + l] * row[k] * row[l] } }
    #expect(abs(try model.dqntk(ParameterSets(theta), data)[0] - expected) < 1e-11 * max(1, abs(expected)))
  }

  /// X, SWAP and what they leave behind make no pass at all; a ring of CX between rotations makes none of its own.
  @Test func permutationsTakeNoPassesOfTheirOwn() throws {
    let n = 4
    var (plain, relabelled, rings) = (
      try Circuit(qubitCount: n), try Circuit(qubitCount: n), try Circuit(qubitCount: n)
    )
    for layer in 0..<3 {
      for q in 0..<n {
        for (k, gate) in [Gate.ry, .rz].enumerated() {
          let angle = Angle.parameter((layer * n + q) * 2 + k)
          try plain.append(gate, qubits: [q], angles: [angle])
          try relabelled.append(gate, qubits: [q], angles: [angle])
          try rings.append(gate, qubits: [q], angles: [angle])
        }
      }
      for q in 0..<n {
        try plain.append(.cz, qubits: [q, (q + 1) % n])
        try relabelled.append(.cz, qubits: [q, (q + 1) % n])
        try relabelled.append(.swap, qubits: [q, (q + 1) % n])
        try relabelled.append(.x, qubits: [q])
        try rings.append(.cx, qubits: [q, (q + 1) % n])
      }
    }
    let expected = try Plan(RelabelledCircuit(plain), .double).stepCount
    #expect(expected == 6)
    #expect(try Plan(RelabelledCircuit(relabelled), .double).stepCount == expected)
    #expect(try Plan(RelabelledCircuit(rings), .double).stepCount == expected)
  }

  /// exp(-i a ZZ) written as CX RZ CX is one diagonal pass, and RY about a CX's target with CX around it a string.
  @Test func permutationsThatUndoThemselvesMoveNothing() throws {
    var circuit = try Circuit(qubitCount: 3)
    for q in 0..<2 {
      try circuit.append(.cx, qubits: [q, q + 1])
      try circuit.append(.rz, qubits: [q + 1], angles: [.parameter(q)])
      try circuit.append(.cx, qubits: [q, q + 1])
    }
    #expect(try Plan(RelabelledCircuit(circuit), .double).stepCount == 1)
  }

  private func column(_ v: ArraySlice<Double>) -> ComplexMatrix {
    let v = Array(v)
    let d = v.count / 2
    return ComplexMatrix(
      rows: d, columns: 1, re: (0..<d).map { v[2 * $0] }, im: (0..<d).map { v[2 * $0 + 1] })
  }
}
