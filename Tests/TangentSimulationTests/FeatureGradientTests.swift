import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

/// Derivatives with respect to features, and products of weights with the Jacobian, against plain matrices, differences
/// of predictions and each other.
@Suite struct FeatureGradientTests {
  /// Every form an angle can have, with two parameters and two features.
  private static let angles: [Angle] = [
    .feature(0), .parameter(1), Angle(constant: 0.7),
    Angle(constant: -0.4, terms: [.init(2, .parameter(0)), .init(0.5, .feature(1))]),
    Angle(terms: [.init(1.5, .parameterFeature(1, 0))]),
    Angle(terms: [.init(-0.8, .featureFeature(0, 1))]),
    Angle(constant: 0.1, terms: [.init(0.6, .featureFeature(1, 1))]),
    Angle(terms: [
      .init(0.6, .featureFeature(0, 0)), .init(0.9, .parameterFeature(0, 0)), .init(-1.1, .feature(0)),
      .init(0.3, .feature(0)), .init(0.5, .parameter(0)),
    ]),
  ]

  /// Every gate that turns, with angles of every form, between other gates.
  @Test(arguments: Gate.allCases.filter { $0.definition.angleCount > 0 }) func everyGate(gate: Gate) throws {
    var cases = RandomCases(seed: 900 + UInt64(gate.number))
    let definition = gate.definition
    for (number, angle) in FeatureGradientTests.angles.enumerated() {
      var circuit = try cases.circuit(qubits: 3, length: 3, parameters: 2, features: 2)
      let others = (1..<definition.angleCount).map {
        FeatureGradientTests.angles[(number + $0) % FeatureGradientTests.angles.count]
      }
      try circuit.append(
        gate, qubits: cases.qubits(definition.qubitCount, of: 3), angles: [angle] + others)
      try circuit.append(
        cases.circuit(qubits: 3, length: 3, parameters: 2, features: 2), sharingParameters: true)
      try compare(circuit, samples: 5, &cases)
    }
  }

  @Test(arguments: FeatureGradientTests.angles.indices) func generators(number: Int) throws {
    var cases = RandomCases(seed: 940 + UInt64(number))
    let angle = FeatureGradientTests.angles[number]
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(.h, qubits: [1])
    try circuit.appendRotation(angle, pauli: "YZX", qubits: [2, 0, 1])
    try circuit.appendEvolution(angle, generator: .hermitian(cases.hermitian(4)), qubits: [2, 0])
    try circuit.append(.iswap, qubits: [0, 2])
    // Meets the next rotation about the same string.
    try circuit.append(.ry, qubits: [1], angles: [angle])
    try circuit.append(.ry, qubits: [1], angles: [.parameterFeature(1, 1, 0.4)])
    try circuit.append(.rzz, qubits: [0, 1], angles: [angle])
    try circuit.append(.cx, qubits: [1, 2])
    try circuit.append(.rz, qubits: [2], angles: [angle])
    try circuit.appendEvolution(angle, generator: cases.pauliSum(2, terms: 3), qubits: [1, 2])
    try circuit.appendEvolution(angle, generator: .projector("01"), qubits: [0, 1])
    try circuit.append(.ccx, qubits: [2, 0, 1])
    try circuit.append(.rx, qubits: [0], angles: [.parameterFeature(0, 1, 1.3)])
    try circuit.append(.ry, qubits: [2], angles: [.parameter(1)])
    try compare(circuit, samples: 5, &cases)
  }

  @Test(arguments: 1...6) func randomCircuits(n: Int) throws {
    var cases = RandomCases(seed: 960 + UInt64(n))
    for samples in [2, 5] {
      try compare(
        cases.circuit(qubits: n, length: n < 5 ? 40 : 20, parameters: 7, features: 3), samples: samples,
        &cases)
    }
  }

  /// Features before all parameters and behind them, alone, and none at all.
  @Test func orders() throws {
    var cases = RandomCases(seed: 980)
    let encoding = try Encoding.zz(qubitCount: 3, repeats: 2)
    let ansatz = try Ansatz.hardwareEfficient(qubitCount: 3, layers: 2)
    var (before, after) = (encoding, ansatz)
    try before.append(ansatz)
    try after.append(encoding)
    for circuit in [before, after, encoding, ansatz] { try compare(circuit, samples: 5, &cases) }
    // Few samples of this one go two at a time for everything but features.
    var haar = try Encoding.angle(qubitCount: 4)
    try haar.append(Ansatz.haar(qubitCount: 4, parameterCount: 3, seed: 2))
    for samples in [2, 3, 5] { try compare(haar, samples: samples, &cases) }
  }

  /// The product with weights, the Jacobian and the Fisher information of a circuit, two outputs and one; from pure
  /// states and |0...0>; with every way to keep forward states and phase tables.
  private func compare(_ circuit: Circuit, samples m: Int, _ cases: inout RandomCases) throws {
    let (n, p, f) = (circuit.qubitCount, circuit.parameterCount, circuit.featureCount)
    let d = 1 << n
    let sets = 3
    let theta = cases.vector(sets * p)
    let x = cases.vector(m * f, in: -1.5...1.5)
    let states = cases.pureStates(m, d)
    let observables = try [cases.pauliSum(n, terms: 3), .hermitian(cases.hermitian(d))]
    let parameters = try ParameterSets(values: theta, setCount: sets, parameterCount: p)
    for (kind, count) in [(InputData.StateKind.pure, 2), (.none, 1)] {
      let data = try InputData(
        sampleCount: m, features: x, featureCount: f, states: kind == .pure ? states : [], stateKind: kind,
        dimension: kind == .pure ? d : 0)
      let weights = cases.vector(sets * m * count)
      var (gradient, features) = ([Double](repeating: 0, count: sets * p), [Double]())
      var (jacobian, predictions) = ([Double](), [Double]())
      for set in 0..<sets {
        for j in 0..<m {
          let rows = DenseReference.predictionsAndGradients(
            circuit, observables[..<count].map(DenseReference.operatorMatrix),
            theta: Array(theta[(set * p)..<((set + 1) * p)]), x: Array(x[(j * f)..<((j + 1) * f)]),
            psi: column(kind == .pure ? Array(states[(2 * d * j)..<(2 * d * (j + 1))]) : [1], d))
          var own = [Double](repeating: 0, count: f)
          for (a, row) in rows.enumerated() {
            let weight = weights[(set * m + j) * count + a]
            for q in 0..<p { gradient[set * p + q] += weight * row.gradient[q] }
            for q in 0..<f { own[q] += weight * row.featureGradient[q] }
            jacobian += row.featureGradient
            predictions.append(row.prediction)
          }
          features += own
        }
      }
      for caps in [WorkspaceLayout.Caps(), .init(tables: 0, history: 0)] {
        let model = try Model(
          circuit: circuit, observables: Array(observables[..<count]), scale: 1, caps: caps)
        let both = try model.vectorJacobianProduct(parameters, data, weights: weights)
        expect(both.gradient, gradient, circuit)
        expect(both.featureGradient, features, circuit)
        expect(both.predictions, predictions, circuit)
        let alone = try model.vectorJacobianProduct(parameters, data, weights: weights, wrt: .features)
        expect(alone.featureGradient, features, circuit)
        #expect(alone.gradient.isEmpty)
        let rows = try model.jacobian(parameters, data, wrt: .features)
        expect(rows.jacobian, jacobian, circuit)
        expect(rows.predictions, predictions, circuit)
      }
    }
    guard n <= 4 else { return }
    try compareFisherInformation(circuit, parameters, x, states)
  }

  private func compareFisherInformation(
    _ circuit: Circuit, _ theta: ParameterSets, _ x: [Double], _ states: [Double]
  ) throws {
    let (d, p, f) = (1 << circuit.qubitCount, circuit.parameterCount, circuit.featureCount)
    let data = try InputData(
      sampleCount: 2, features: Array(x[..<(2 * f)]), featureCount: f, states: Array(states[..<(4 * d)]),
      stateKind: .pure, dimension: d)
    let model = try Model(
      circuit: circuit, observables: [.pauli(String(repeating: "Z", count: circuit.qubitCount))])
    let result = try model.fisherInformation(theta, data, wrt: .features)
    var expected: [Double] = []
    for set in 0..<theta.setCount {
      var sum = [Double](repeating: 0, count: f * f)
      for j in 0..<2 {
        let one = HeisenbergReference(
          circuit, theta: Array(theta.values[(set * p)..<((set + 1) * p)]),
          x: Array(x[(j * f)..<((j + 1) * f)]), wrt: .features
        ).fisherInformation(projector(states[(2 * d * j)..<(2 * d * (j + 1))]))
        for k in one.indices { sum[k] += one[k] / 2 }
      }
      expected += sum
    }
    expect(result, expected, circuit)
  }

  /// Within rounding of the largest entry.
  private func expect(_ result: [Double], _ expected: [Double], _ circuit: Circuit) {
    let size = expected.reduce(1) { max($0, abs($1)) }
    #expect(largestDifference(result, expected) < 1e-12 * size, "\(circuit.drawing())")
  }

  /// The first amplitudes of a state in (re, im) pairs; the others are zero.
  private func column(_ amplitudes: [Double], _ d: Int) -> ComplexMatrix {
    var result = ComplexMatrix(rows: d, columns: 1)
    for (k, value) in amplitudes.enumerated() {
      if k.isMultiple(of: 2) { result.re[k / 2] = value } else { result.im[k / 2] = value }
    }
    return result
  }
}

extension Angle {
  fileprivate static func parameterFeature(_ p: Int, _ f: Int, _ coefficient: Double) -> Angle {
    Angle(terms: [.init(coefficient, .parameterFeature(p, f))])
  }
}
