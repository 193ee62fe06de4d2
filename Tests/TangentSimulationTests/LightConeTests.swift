import Glibc
import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

/// Predictions on the light cone against plain matrices, and against the engine where nothing can be left out.
@Suite(.serialized) struct LightConeTests {
  /// Makes the light cone everything, so that the other outputs of the model come from the whole circuit.
  private func blocker(_ n: Int, _ cases: inout RandomCases) throws -> Observable {
    try .hermitian(cases.hermitian(1 << n))
  }

  /// Observables that reach few qubits, of every kind that does.
  private func localObservables(_ n: Int, _ cases: inout RandomCases) throws -> [Observable] {
    func string(_ letters: [Character]) throws -> Observable {
      var result = [Character](repeating: "I", count: n)
      for (q, letter) in zip(cases.qubits(letters.count, of: n), letters) { result[q] = letter }
      return try .pauli(String(result))
    }
    let letters = Array("XYZ")
    func letter() -> Character { letters[cases.random.index(below: 3)] }
    switch cases.random.index(below: 6) {
    case 0: return [try string(["Z"])]
    case 1: return [try string(["Z", "Z"])]
    case 2: return [try string([letter()])]
    case 3:
      return [
        try .combination(
          [string(["Z"]), string([letter(), "Z"]), string([])], coefficients: [1, -0.4, 0.7])
      ]
    case 4: return [try string(["Z"]), try string(["Z", letter()])]
    default: return [try .projector(String(repeating: "1", count: n)), try string(["Z"])]
    }
  }

  /// Random circuits of every gate: with and without states, features, several sets and outputs.
  @Test(arguments: 3...5) func matchesTheWholeCircuit(n: Int) throws {
    var cases = RandomCases(seed: 300 + UInt64(n))
    var (lostGates, lostQubits) = (0, 0)
    for round in 0..<30 {
      let features = round.isMultiple(of: 3) ? 2 : 0
      let circuit = try cases.circuit(
        qubits: n, length: 3 + cases.random.index(below: 12), parameters: 7, features: features)
      let observables = try localObservables(n, &cases)
      let cone = circuit.lightCone(of: observables)
      lostGates += cone.isPruned ? 1 : 0
      lostQubits += n - cone.qubits.count
      try compare(circuit, observables, hasStates: round.isMultiple(of: 2), &cases)
    }
    #expect(lostGates > 10)
    #expect(lostQubits > 0)
  }

  /// One gate of each kind after another, between layers that reach few qubits.
  @Test(arguments: Gate.allCases) func everyGate(gate: Gate) throws {
    var cases = RandomCases(seed: 400 + UInt64(gate.number))
    for round in 0..<12 {
      var circuit = try Circuit(qubitCount: 5)
      for layer in 0..<3 {
        if layer > 0 || round.isMultiple(of: 2) {
          for q in 0..<5 { try circuit.append(.ry, qubits: [q], angles: [.parameter(q + 5 * layer)]) }
        }
        for _ in 0..<2 {
          let angles = (0..<gate.definition.angleCount).map { _ in cases.angle(parameters: 15, features: 0) }
          try circuit.append(gate, qubits: cases.qubits(gate.definition.qubitCount, of: 5), angles: angles)
        }
      }
      try compare(circuit, localObservables(5, &cases), hasStates: round % 4 > 1, &cases)
    }
  }

  private func compare(
    _ circuit: Circuit, _ observables: [Observable], hasStates: Bool, _ cases: inout RandomCases
  ) throws {
    let (d, p, f) = (1 << circuit.qubitCount, circuit.parameterCount, circuit.featureCount)
    let (m, sets, k) = (5, 2, observables.count)
    let (x, theta) = (cases.vector(m * f), cases.vector(sets * p))
    let states =
      hasStates
      ? cases.pureStates(m, d) : (0..<m).flatMap { _ in [1] + [Double](repeating: 0, count: 2 * d - 1) }
    let parameters = try ParameterSets(values: theta, setCount: sets, parameterCount: p)
    let data = try InputData(
      sampleCount: m, features: x, featureCount: f, states: hasStates ? states : [],
      stateKind: hasStates ? .pure : .none, dimension: hasStates ? d : 0)
    let model = try Model(circuit: circuit, observables: observables)
    let whole = try Model(
      circuit: circuit, observables: observables + [blocker(circuit.qubitCount, &cases)])
    let result = try model.jacobian(parameters, data)
    let expected = try whole.jacobian(parameters, data)
    let reached = reachedParameters(circuit, observables)
    var worst = 0.0
    var worstDense = 0.0
    for pair in 0..<(sets * m) {
      let (set, j) = pair.quotientAndRemainder(dividingBy: m)
      // Plain matrices are slow: one sample of each set is enough of them.
      let dense =
        j < m - 1
        ? nil
        : DenseReference.predictionsAndGradients(
          circuit, observables.map(DenseReference.operatorMatrix),
          theta: Array(theta[set * p..<(set + 1) * p]),
          x: Array(x[j * f..<(j + 1) * f]), psi: column(states[2 * d * j..<2 * d * (j + 1)]))
      for a in 0..<k {
        let (row, wholeRow) = (pair * k + a, pair * (k + 1) + a)
        worst = max(worst, abs(result.predictions[row] - expected.predictions[wholeRow]))
        if let dense { worstDense = max(worstDense, abs(result.predictions[row] - dense[a].prediction)) }
        for q in 0..<p {
          let value = result.jacobian[row * p + q]
          worst = max(worst, abs(value - expected.jacobian[wholeRow * p + q]))
          if let dense { worstDense = max(worstDense, abs(value - dense[a].gradient[q])) }
          if !reached.contains(q) { #expect(value == 0) }
        }
      }
    }
    #expect(worst < 1e-13, "\(circuit.drawing())")
    // The reference squares its exponentials up to ten times and is no better than this.
    #expect(worstDense < 1e-11, "\(circuit.drawing())")
    // The gradient and the kernel come from the same sweeps.
    let gradient = try model.gradient(parameters, data, loss: Squares(outputs: k))
    let kernel = try model.tangentKernel(parameters, data)
    for set in 0..<sets {
      for q in 0..<p {
        var sum = 0.0
        for j in 0..<m {
          for a in 0..<k {
            let row = (set * m + j) * (k + 1) + a
            sum += (expected.predictions[row] - 0.3 * Double(j)) * expected.jacobian[row * p + q]
          }
        }
        #expect(abs(gradient.gradient[set * p + q] - sum / Double(m)) < 1e-12)
      }
      for i in 0..<m {
        for j in 0..<m {
          var sum = 0.0
          for a in 0..<k {
            let (left, right) = ((set * m + i) * (k + 1) + a, (set * m + j) * (k + 1) + a)
            for q in 0..<p { sum += expected.jacobian[left * p + q] * expected.jacobian[right * p + q] }
          }
          #expect(abs(kernel[(set * m + i) * m + j] - sum) < 1e-11)
        }
      }
    }
  }

  private func reachedParameters(_ circuit: Circuit, _ observables: [Observable]) -> Set<Int> {
    Set(
      circuit.lightCone(of: observables).circuit.instructions.flatMap(\.angles).flatMap(\.terms).compactMap {
        $0.factor.parameterIndex
      })
  }

  private func column(_ v: ArraySlice<Double>) -> ComplexMatrix {
    let v = Array(v)
    return ComplexMatrix(
      rows: v.count / 2, columns: 1, re: v.indices.filter { $0 % 2 == 0 }.map { v[$0] },
      im: v.indices.filter { $0 % 2 == 1 }.map { v[$0] })
  }

  @Test func mixedStatesStayOnTheRegister() throws {
    var cases = RandomCases(seed: 5)
    let circuit = try Ansatz.hardwareEfficient(qubitCount: 4, layers: 2)
    let rhos = (0..<3).map { _ in cases.mixedState(16, rank: 3) }
    let data = try InputData(
      sampleCount: 3, states: rhos.flatMap { rho in (0..<256).flatMap { [rho.re[$0], rho.im[$0]] } },
      stateKind: .mixed, dimension: 16)
    let theta = cases.vector(16)
    let model = try Model(circuit: circuit, observables: [.pauli("ZIII")])
    let u = DenseReference.unitary(circuit, theta)
    let measured = DenseReference.product(u.adjoint, DenseReference.product(DenseReference.pauli("ZIII"), u))
    for (value, rho) in zip(try model.predict(ParameterSets(theta), data), rhos) {
      #expect(abs(value - DenseReference.product(measured, rho).trace.re) < 1e-13)
    }
    #expect(circuit.lightCone(of: [try .pauli("ZIII")]).isPruned)
  }

  // MARK: Sizes

  @Test func localObservableOfAWideAnsatz() throws {
    let circuit = try Ansatz.hardwareEfficient(qubitCount: 20, layers: 4)
    let observable = try Observable.pauli("Z" + String(repeating: "I", count: 19))
    #expect(circuit.lightCone(of: [observable]).qubits == [0, 1, 2, 3, 17, 18, 19])
    let model = try Model(circuit: circuit, observables: [observable])
    let (theta, data) = (try ParameterSets((0..<160).map { Double($0) }), try InputData(sampleCount: 1))
    func fastest(_ body: () throws -> Void) rethrows -> Duration {
      try (0..<20).map { _ in try ContinuousClock().measure(body) }.min()!
    }
    // The whole register takes a few hundred times as long.
    let states = try fastest { _ = try model.outputStates(theta, data) }
    #expect(try fastest { _ = try model.jacobian(theta, data) } < states / 10)
    let whole = try model.memoryEstimate(for: .jacobian, samples: 1, hasStates: true)
    #expect(try model.memoryEstimate(for: .jacobian, samples: 1) < 1 << 20)
    // Two states of 16 MB; output states take one and the result.
    #expect(whole > 32 << 20)
    #expect(try model.memoryEstimate(for: .outputStates, samples: 1) > 32 << 20)
  }

  /// 60 qubits, of which Z in the middle meets three; the same gates on the five around it are the reference.
  @Test func sixtyQubits() throws {
    let (n, middle) = (60, 30)
    let circuit = try Ansatz.hardwareEfficient(qubitCount: n, layers: 2)
    let letters = String(repeating: "I", count: middle) + "Z" + String(repeating: "I", count: n - middle - 1)
    let model = try Model(circuit: circuit, observables: [.pauli(letters)])
    var cases = RandomCases(seed: 6)
    let theta = cases.vector(circuit.parameterCount)
    let result = try model.jacobian(ParameterSets(theta), InputData(sampleCount: 1))

    let around = Array(middle - 2...middle + 2)
    var small = try Circuit(qubitCount: 5)
    for instruction in circuit.instructions {
      let qubits = instruction.qubits.map { $0 - around[0] }
      guard qubits.allSatisfy((0..<5).contains), case .gate(let gate) = instruction.operation else {
        continue
      }
      try small.append(gate, qubits: qubits, angles: instruction.angles)
    }
    var psi = ComplexMatrix(rows: 32, columns: 1)
    psi.re[0] = 1
    let expected = DenseReference.predictionsAndGradients(
      small, [DenseReference.pauli("IIZII")], theta: theta, psi: psi)[0]
    #expect(abs(result.predictions[0] - expected.prediction) < 1e-13)
    for q in 0..<circuit.parameterCount {
      let reference = q < expected.gradient.count ? expected.gradient[q] : 0
      #expect(abs(result.jacobian[q] - reference) < 1e-13)
      if reference == 0 { #expect(result.jacobian[q] == 0) }
    }
    #expect(result.jacobian.count { $0 != 0 } >= 4)
    // Zsum is that of the whole circuit: p (d/4)/(d^2 - 1).
    let d = Double(sign: .plus, exponent: n, significand: 1)
    #expect(abs(try model.zSum() / (240 * d / 4 / (d * d - 1)) - 1) < 1e-14)
  }

  @Test func sumsOverManyQubitsSplit() throws {
    // exp(-i a sum ZZ) and exp(-i b sum X) on a ring of 40 qubits: one layer of Z_0 Z_1 meets four.
    let n = 40
    func sum(_ letters: (Int) -> [Int: Character]) throws -> Observable {
      try .combination(
        (0..<n).map { q in
          let own = letters(q)
          return try Observable.pauli(String((0..<n).map { own[$0] ?? "I" }))
        }, coefficients: [Double](repeating: 1, count: n))
    }
    var circuit = try Circuit(qubitCount: n)
    for q in 0..<n { try circuit.append(.h, qubits: [q]) }
    let terms = try [sum { [$0: "Z", ($0 + 1) % n: "Z"] }, sum { [$0: "X"] }]
    try circuit.append(Ansatz.hamiltonianVariational(terms: terms, layers: 1))
    let observable = try Observable.pauli("ZZ" + String(repeating: "I", count: n - 2))
    #expect(circuit.lightCone(of: [observable]).qubits == [0, 1, 2, 39])
    let model = try Model(circuit: circuit, observables: [observable])
    let (a, b) = (0.37, 0.81)
    let value = try model.predict(ParameterSets([a, b]), InputData(sampleCount: 1))[0]
    // Z_0 Z_1 goes to sin 2b cos 2b (Y_0 Z_1 + Z_0 Y_1) and terms without a mean in the states exp(-ia sum ZZ)|+...+>,
    // where each of these two has the mean sin 2a cos 2a.
    #expect(abs(value - sin(4 * a) * sin(4 * b) / 2) < 1e-13)
  }

  // MARK: Rules

  struct Rule: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let letters: String
    let kept: Int
    let qubits: [Int]
    let build: @Sendable (inout Circuit) throws -> Void

    init(
      _ name: String, _ letters: String, kept: Int, qubits: [Int],
      _ build: @escaping @Sendable (inout Circuit) throws -> Void
    ) {
      testDescription = name
      self.letters = letters
      self.kept = kept
      self.qubits = qubits
      self.build = build
    }
  }

  static let rules: [Rule] = [
    Rule("diagonal gates commute with Z", "ZZI", kept: 0, qubits: [0, 1]) {
      try $0.append(.rzz, qubits: [0, 1], angles: [.parameter(0)])
      try $0.append(.cz, qubits: [1, 2])
      try $0.append(.t, qubits: [0])
    },
    Rule("a diagonal gate is kept under X", "XII", kept: 1, qubits: [0, 1]) {
      try $0.append(.cz, qubits: [0, 1])
    },
    Rule("its other qubit stays of type z", "XII", kept: 1, qubits: [0, 1]) {
      try $0.append(.rz, qubits: [1], angles: [.parameter(0)])
      try $0.append(.cz, qubits: [1, 2])
      try $0.append(.cz, qubits: [0, 1])
    },
    Rule("a control commutes with Z", "ZII", kept: 0, qubits: [0]) {
      try $0.append(.cx, qubits: [0, 1])
      try $0.append(.ccx, qubits: [2, 0, 1])
      try $0.append(.cry, qubits: [0, 2], angles: [.parameter(0)])
    },
    Rule("a permutation of basis states keeps type z", "IZI", kept: 2, qubits: [0, 1]) {
      try $0.append(.rz, qubits: [0], angles: [.parameter(0)])
      try $0.append(.rz, qubits: [1], angles: [.parameter(1)])
      try $0.append(.x, qubits: [1])
      try $0.append(.cx, qubits: [0, 1])
    },
    Rule("but not where it meets X", "XZI", kept: 2, qubits: [0, 1]) {
      try $0.append(.rz, qubits: [1], angles: [.parameter(1)])
      try $0.append(.cx, qubits: [0, 1])
    },
    Rule("Z letters of a rotation keep type z", "ZZI", kept: 1, qubits: [0, 1]) {
      try $0.append(.rz, qubits: [1], angles: [.parameter(1)])
      try $0.appendRotation(.parameter(0), pauli: "XZI", qubits: [0, 1, 2])
    },
    Rule("the last phase of u3 is dropped", "ZII", kept: 2, qubits: [0]) {
      try $0.append(.u3, qubits: [0], angles: [.parameter(0), .parameter(1), .parameter(2)])
    },
    Rule("global phases are dropped", "XYZ", kept: 0, qubits: [0, 1, 2]) {
      try $0.appendRotation(.parameter(0), pauli: "II", qubits: [0, 1])
      try $0.appendEvolution(.parameter(1), generator: .pauli("I"), qubits: [2])
    },
    Rule("an identity sees nothing", "III", kept: 0, qubits: [0]) {
      try $0.append(.h, qubits: [2])
    },
  ]

  @Test(arguments: rules) func rule(_ rule: Rule) throws {
    var circuit = try Circuit(qubitCount: 3)
    try rule.build(&circuit)
    let cone = circuit.lightCone(of: [try .pauli(rule.letters)])
    #expect(cone.circuit.instructions.count == rule.kept)
    #expect(cone.qubits == rule.qubits)
    #expect(cone.circuit.parameterCount == circuit.parameterCount)
    #expect(cone.restrictedCircuit.qubitCount == rule.qubits.count)
  }

  @Test func nothingToPruneIsOneEngine() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.cz, qubits: [0, 1])
    try circuit.append(.h, qubits: [0])
    try circuit.append(.h, qubits: [1])
    let model = try Model(circuit: circuit, observables: [.pauli("ZZ")])
    #expect(try model.stateEngine(wrt: .parameters) === model.predictionEngine(InputData(sampleCount: 1)))
    try circuit.append(.z, qubits: [0])
    let pruned = try Model(circuit: circuit, observables: [.pauli("ZZ")])
    #expect(try pruned.stateEngine(wrt: .parameters) !== pruned.predictionEngine(InputData(sampleCount: 1)))
  }

  // MARK: Threads and errors

  @Test func threadsDoNotChangeBits() throws {
    let circuit = try Ansatz.hardwareEfficient(qubitCount: 14, layers: 4)
    let letters = "Z" + String(repeating: "I", count: 13)
    var cases = RandomCases(seed: 8)
    let theta = try ParameterSets(values: cases.vector(30 * 112), setCount: 30, parameterCount: 112)
    let data = try InputData(sampleCount: 40)
    let results = try resultsByThreads {
      let model = try Model(circuit: circuit, observables: [.pauli(letters)])
      let gradient = try model.gradient(theta, data, loss: Squares(outputs: 1), wantsJacobian: true)
      return gradient.loss + gradient.gradient + gradient.jacobian!
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test func firstCallsAtOnceCompileOnce() async throws {
    let circuit = try Ansatz.hardwareEfficient(qubitCount: 10, layers: 3)
    let model = try Model(circuit: circuit, observables: [.pauli("ZIIIIIIIII")])
    let data = try InputData(sampleCount: 1)
    let engines = try await withThrowingTaskGroup(of: Engine.self) { group in
      for _ in 0..<16 { group.addTask { try model.predictionEngine(data) } }
      return try await group.reduce(into: [Engine]()) { $0.append($1) }
    }
    #expect(engines.allSatisfy { $0 === engines[0] })
  }

  @Test func tooLargeIsAnError() throws {
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\((error as? TangentError)?.message ?? "")" }
      return ""
    }
    let wide = try Ansatz.hardwareEfficient(qubitCount: 40, layers: 1)
    let all = String(repeating: "X", count: 40)
    let global = try Model(circuit: wide, observables: [.pauli(all)])
    let local = try Model(
      circuit: wide, observables: [.pauli("Z" + String(repeating: "I", count: 39))])
    let theta = try ParameterSets([Double](repeating: 0, count: 80))
    let data = try InputData(sampleCount: 1)
    #expect(try local.predict(theta, data) == [1])
    #expect(message { _ = try global.predict(theta, data) }.contains("a state of 40 qubits does not fit"))
    #expect(message { _ = try local.outputStates(theta, data) }.contains("40 qubits"))
    #expect(message { _ = try local.memoryEstimate(for: .outputStates, samples: 1) }.contains("40 qubits"))
    #expect(message { _ = try Circuit(qubitCount: 129) }.contains("between 1 and 128"))
  }
}
