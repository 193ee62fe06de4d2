import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

/// Eight floats a block against the double engine and plain matrices. Observables have norm 1 or less here, so that
/// deviations are those relative to the scale of the predictions.
@Suite struct SinglePrecisionTests {
  /// What docs/reliability.md promises for circuits of some fifty gates.
  static let bound = 2e-6

  @Test(arguments: Gate.allCases) func everyGate(gate: Gate) throws {
    var cases = RandomCases(seed: 700 + UInt64(gate.number))
    for features in [0, 2] {
      var circuit = try cases.circuit(qubits: 4, length: 4, features: features)
      let angles = (0..<gate.definition.angleCount).map { _ in cases.angle(parameters: 5, features: features)
      }
      try circuit.append(gate, qubits: cases.qubits(gate.definition.qubitCount, of: 4), angles: angles)
      try circuit.append(cases.circuit(qubits: 4, length: 4, features: features), sharingParameters: true)
      for samples in [3, 11] { try compare(circuit, observables(4, &cases), samples: samples, &cases) }
    }
  }

  @Test(arguments: 1...5) func randomCircuits(n: Int) throws {
    var cases = RandomCases(seed: 800 + UInt64(n))
    for features in [0, 3] {
      let circuit = try cases.circuit(qubits: n, length: 25, parameters: 7, features: features)
      for samples in [3, 8, 13] { try compare(circuit, observables(n, &cases), samples: samples, &cases) }
    }
  }

  /// A Pauli sum, a dense observable and a projector, of norm 1 at most.
  private func observables(_ n: Int, _ cases: inout RandomCases) throws -> [Observable] {
    let dense = cases.hermitian(1 << n)
    let norm = zip(dense.re, dense.im).reduce(0) { $0 + $1.0 * $1.0 + $1.1 * $1.1 }.squareRoot()
    return try [
      .combination([cases.pauliSum(n, terms: 3)], coefficients: [1.0 / 9]),
      .hermitian(dense.scaled(by: 1 / norm)), .projector(String(repeating: "1", count: n)),
      .pauli("Z" + String(repeating: "I", count: n - 1)),
    ]
  }

  private func compare(
    _ circuit: Circuit, _ observables: [Observable], samples m: Int, _ cases: inout RandomCases
  ) throws {
    let (d, p, f, k) = (
      1 << circuit.qubitCount, circuit.parameterCount, circuit.featureCount, observables.count
    )
    let states = cases.pureStates(m, d)
    let x = cases.vector(m * f)
    let data = try InputData(
      sampleCount: m, features: x, featureCount: f, states: states, stateKind: .pure, dimension: d)
    // Three sets: with few samples the lanes hold pairs of set and sample.
    let theta = try ParameterSets(values: cases.vector(3 * p), setCount: 3, parameterCount: p)
    let pair = try Precisions(circuit, observables)
    let deviation = try pair.deviation(theta, data)
    #expect(deviation < SinglePrecisionTests.bound, "\(circuit.drawing())")
    #expect(deviation > 1e-12, "single precision ran in double")
    // Plain matrices, for the last sample of the last set.
    let row = 3 * m - 1
    let (re, im) = (0..<d).reduce(into: ([Double](), [Double]())) {
      $0.0.append(states[2 * (d * (m - 1) + $1)])
      $0.1.append(states[2 * (d * (m - 1) + $1) + 1])
    }
    let expected = DenseReference.predictionsAndGradients(
      circuit, observables.map(DenseReference.operatorMatrix), theta: Array(theta.values[(2 * p)...]),
      x: Array(x[((m - 1) * f)...]), psi: ComplexMatrix(rows: d, columns: 1, re: re, im: im))
    let result = try pair.single.jacobian(theta, data)
    for a in 0..<k {
      #expect(abs(result.predictions[row * k + a] - expected[a].prediction) < SinglePrecisionTests.bound)
      let gradient = Array(result.jacobian[(row * k + a) * p..<(row * k + a + 1) * p])
      #expect(relativeDifference(gradient, expected[a].gradient) < SinglePrecisionTests.bound)
    }
  }

  @Test(arguments: [1, 5, 16]) func mixedStates(rank: Int) throws {
    var cases = RandomCases(seed: 820 + UInt64(rank))
    let circuit = try cases.circuit(qubits: 4, length: 15, features: 1)
    let rhos = (0..<3).map { _ in cases.mixedState(16, rank: rank) }
    let data = try InputData(
      sampleCount: 3, features: cases.vector(3), featureCount: 1,
      states: rhos.flatMap { rho in (0..<256).flatMap { [rho.re[$0], rho.im[$0]] } }, stateKind: .mixed,
      dimension: 16)
    let theta = try ParameterSets(values: cases.vector(10), setCount: 2, parameterCount: 5)
    let pair = try Precisions(circuit, observables(4, &cases))
    let deviation = try pair.deviation(theta, data)
    #expect(deviation < SinglePrecisionTests.bound && deviation > 1e-12)
    let states = try (pair.single.outputStates(theta, data), pair.double.outputStates(theta, data))
    #expect(largestDifference(states.0, states.1) < SinglePrecisionTests.bound)
  }

  /// Everything that is made of predictions and Jacobians, and the output states.
  @Test func derivedQuantities() throws {
    var cases = RandomCases(seed: 830)
    let circuit = try cases.circuit(qubits: 5, length: 40, parameters: 12, features: 2)
    let theta = try ParameterSets(values: cases.vector(24), setCount: 2, parameterCount: 12)
    let data = try InputData(sampleCount: 21, features: cases.vector(42), featureCount: 2)
    let pair = try Precisions(circuit, observables(5, &cases))
    func values(_ model: Model) throws -> [[Double]] {
      let gradient = try model.gradient(theta, data, loss: Squares(outputs: 4))
      return try [
        gradient.loss, gradient.gradient, gradient.predictions, model.outputStates(theta, data),
        model.tangentKernel(theta, data),
      ]
    }
    let (single, double) = (try values(pair.single), try values(pair.double))
    for (a, b) in zip(single, double) {
      let deviation = relativeDifference(a, b)
      #expect(deviation < SinglePrecisionTests.bound && deviation > 1e-12)
    }
  }

  /// Rounding errors add up along the circuit as its gates do, slowly.
  @Test(arguments: [(4, 3e-7), (16, 6e-7), (64, 1e-6)]) func depth(layers: Int, bound: Double) throws {
    var cases = RandomCases(seed: 840)
    let circuit = try Ansatz.hardwareEfficient(qubitCount: 8, layers: layers)
    let theta = try ParameterSets(cases.vector(circuit.parameterCount))
    let data = try InputData(
      sampleCount: 16, states: cases.pureStates(16, 256), stateKind: .pure, dimension: 256)
    let deviation = try Precisions(circuit, [.pauli("ZZIIIIII"), .pauli("XIIYIIII")]).deviation(theta, data)
    #expect(deviation < bound && deviation > 1e-8)
  }

  // MARK: Tangents beyond the range of a float

  /// Layers of one gate on ten qubits with every angle at a multiple of pi, where cosines are 6e-17: up to ten wait
  /// for one diagonal pass, and their product is no float.
  @Test(arguments: Gate.allCases.filter { $0.definition.angleCount > 0 }) func anglesAtPi(gate: Gate) throws {
    let n = 10
    var circuit = try Circuit(qubitCount: n)
    for q in 0..<n { try circuit.append(.ry, qubits: [q], angles: [.feature(q)]) }
    var parameter = 0
    for _ in 0..<2 {
      for q in 0..<n {
        let angles = (0..<gate.definition.angleCount).map { _ in
          parameter += 1
          return Angle.parameter(parameter - 1)
        }
        let qubits = (0..<gate.definition.qubitCount).map { (q + $0) % n }
        try circuit.append(gate, qubits: qubits, angles: angles)
      }
      for q in 0..<n { try circuit.append(.cz, qubits: [q, (q + 1) % n]) }
    }
    var cases = RandomCases(seed: 850)
    let x = cases.vector(n * 9)
    let data = try InputData(sampleCount: 9, features: x, featureCount: n)
    let observables = try [Observable.pauli("XIIIIIIIZY"), .pauli("ZZZZZZZZZZ")]
    let pair = try Precisions(circuit, observables)
    // The last one halved is the double nearest to a multiple of pi / 2: its cosine is 5e-19.
    let angles = [Double.pi, -Double.pi, 3 * Double.pi, Double.pi + 1e-7, 3.14159, 0, 0x1.6ac5b262ca1ffp850]
    for angle in angles {
      let theta = try ParameterSets([Double](repeating: angle, count: circuit.parameterCount))
      #expect(try pair.deviation(theta, data) < SinglePrecisionTests.bound, "\(gate) at \(angle)")
    }
  }

  /// Features that bring some samples of a block to pi and others not, and parameter sets in turn: each unit decides
  /// by itself where its cosines go, whatever came before.
  @Test func someLanesAtPi() throws {
    let n = 9
    var circuit = try Encoding.angle(qubitCount: n)
    for q in 0..<n { try circuit.append(.cz, qubits: [q, (q + 1) % n]) }
    for q in 0..<n { try circuit.append(.rx, qubits: [q], angles: [.feature(q)]) }
    try circuit.append(Ansatz.hardwareEfficient(qubitCount: n, layers: 2))
    var cases = RandomCases(seed: 860)
    let m = 40
    let x = (0..<m).flatMap { j in (0..<n).map { _ in j % 11 == 3 ? Double.pi : cases.random.normal() } }
    let data = try InputData(sampleCount: m, features: x, featureCount: n)
    let p = circuit.parameterCount
    let plain = cases.vector(p)
    let sets = try [plain, [Double](repeating: Double.pi, count: p), plain].map { try ParameterSets($0) }
    let together = try ParameterSets(values: sets.flatMap(\.values), setCount: 3, parameterCount: p)
    let pair = try Precisions(circuit, [.pauli("XIIIIIIZY"), .pauli("ZIIIIIIII")])
    let few = try InputData(sampleCount: 2, features: Array(x[(2 * n)..<(4 * n)]), featureCount: n)
    for data in [data, few] {
      let result = try pair.single.jacobian(together, data)
      let expected = try pair.double.jacobian(together, data)
      #expect(relativeDifference(result.jacobian, expected.jacobian) < SinglePrecisionTests.bound)
      for (number, theta) in sets.enumerated() {
        let alone = try pair.single.jacobian(theta, data).jacobian
        let fresh = try Precisions(circuit, pair.single.observables).single.jacobian(theta, data).jacobian
        #expect(alone == fresh)
        let part = alone.count * number..<alone.count * (number + 1)
        #expect(relativeDifference(alone, Array(result.jacobian[part])) < SinglePrecisionTests.bound)
      }
    }
  }

  // MARK: What must not change a result

  @Test func capsAndThreads() throws {
    var cases = RandomCases(seed: 870)
    let circuit = try cases.circuit(qubits: 5, length: 60, parameters: 12, features: 2)
    let observables = try observables(5, &cases)
    let data = try InputData(
      sampleCount: 45, features: cases.vector(90), featureCount: 2, states: cases.pureStates(45, 32),
      stateKind: .pure, dimension: 32)
    let theta = try ParameterSets(cases.vector(12))
    let expected = try Precisions(circuit, observables).single.jacobian(theta, data)
    for caps in [
      WorkspaceLayout.Caps(tables: 0, history: 0), .init(tables: 64 << 20, history: 0),
      .init(tables: 0, history: 64 << 20),
    ] {
      let result = try Precisions(circuit, observables, caps).single.jacobian(theta, data)
      #expect(relativeDifference(result.jacobian, expected.jacobian) < SinglePrecisionTests.bound)
      #expect(largestDifference(result.predictions, expected.predictions) < SinglePrecisionTests.bound)
    }
    // Whole blocks of eight keep their bits in any company.
    let model = try Precisions(circuit, observables).single
    let part = try model.jacobian(theta, data, rows: Array(16..<32)).jacobian
    #expect(part == Array(expected.jacobian[(16 * 48)..<(32 * 48)]))
  }

  /// One state at a time, and forward mode, stay in double precision: bit for bit the double model's.
  @Test func whatStaysInDoublePrecision() throws {
    var cases = RandomCases(seed: 880)
    let large = try Ansatz.hardwareEfficient(qubitCount: 13, layers: 2)
    let theta = try ParameterSets(cases.vector(large.parameterCount))
    let one = try InputData(sampleCount: 1)
    let ring = try Observable.pauli("ZZZZZZZZZZZZZ")
    let tiles = try Precisions(large, [ring])
    #expect(
      try tiles.single.jacobian(theta, one).jacobian == tiles.double.jacobian(theta, one).jacobian)
    let small = try Precisions(Ansatz.hardwareEfficient(qubitCount: 3, layers: 2), [.pauli("ZII")])
    let angles = try ParameterSets(cases.vector(12))
    #expect(
      try small.single.fisherInformation(angles, one) == small.double.fisherInformation(angles, one))
  }
}

/// The same model in both precisions.
private struct Precisions {
  let double: Model
  let single: Model

  init(_ circuit: Circuit, _ observables: [Observable], _ caps: WorkspaceLayout.Caps = .init()) throws {
    double = try Model(circuit: circuit, observables: observables, scale: 1, caps: caps)
    single = try Model(
      circuit: circuit, observables: observables, scale: 1, precision: .single, caps: caps)
  }

  /// The largest of predictions, and of Jacobian entries relative to the largest of these where it is above 1.
  func deviation(_ theta: ParameterSets, _ data: InputData) throws -> Double {
    let (a, b) = (try single.jacobian(theta, data), try double.jacobian(theta, data))
    #expect(try single.predict(theta, data) == a.predictions)
    let (predictions, jacobian) = (
      largestDifference(a.predictions, b.predictions), relativeDifference(a.jacobian, b.jacobian)
    )
    return max(predictions, jacobian)
  }
}

private func relativeDifference(_ a: [Double], _ b: [Double]) -> Double {
  largestDifference(a, b) / b.reduce(1) { max($0, abs($1)) }
}
