import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

/// Dense unitaries that alternate with evolutions under a Z string: their decomposition, blocks of four states, and two
/// states with a bit in the lanes, against plain matrices.
@Suite(.serialized) struct DenseChainTests {
  /// U_0 and then evolutions under `string` and unitaries in turn, on `qubits`.
  private func chain(
    _ string: String, qubits: [Int], of n: Int, length: Int, isInterrupted: Bool = false,
    _ cases: inout RandomCases
  ) throws -> Circuit {
    var circuit = try Circuit(qubitCount: n)
    let generator = try Observable.pauli(string)
    for k in 0..<length {
      if k > 0 {
        let angle = cases.angle(parameters: length, features: 0)
        try circuit.appendEvolution(angle, generator: generator, qubits: qubits)
        if k % 3 == 0 { try circuit.appendEvolution(.parameter(0), generator: generator, qubits: qubits) }
      }
      let unitary = ComplexMatrix.haarUnitary(
        dimension: 1 << qubits.count, seed: cases.random.nextUInt64())
      try circuit.appendUnitary(unitary, qubits: qubits)
      if isInterrupted { try circuit.append(.ry, qubits: [qubits[0]], angles: [Angle(constant: 0)]) }
    }
    return circuit
  }

  /// Random features for the circuit, and random states unless every sample `startsFromZero`.
  private func data(
    _ m: Int, _ circuit: Circuit, startsFromZero: Bool = false, _ cases: inout RandomCases
  ) throws -> InputData {
    let d = 1 << circuit.qubitCount
    let features = cases.vector(m * circuit.featureCount)
    return try InputData(
      sampleCount: m, features: features, featureCount: circuit.featureCount,
      states: startsFromZero ? [] : cases.pureStates(m, d), stateKind: startsFromZero ? .none : .pure,
      dimension: startsFromZero ? 0 : d)
  }

  private func compare(
    _ circuit: Circuit, _ observables: [Observable], startsFromZero: Bool = false, _ cases: inout RandomCases
  ) throws {
    let (p, k, f) = (circuit.parameterCount, observables.count, circuit.featureCount)
    let d = 1 << circuit.qubitCount
    let matrices = observables.map(DenseReference.operatorMatrix)
    let theta = cases.vector(p)
    for caps in [WorkspaceLayout.Caps(), .init(tables: 0, history: 0)] {
      let model = try Model(circuit: circuit, observables: observables, scale: 0.8, caps: caps)
      for m in [1, 3, 4, 6] {
        let data = try data(m, circuit, startsFromZero: startsFromZero, &cases)
        let result = try model.jacobian(ParameterSets(theta), data)
        let gradient = try model.gradient(ParameterSets(theta), data, loss: Squares(outputs: k))
        let outputs = try model.outputStates(ParameterSets(theta), data)
        var expectedGradient = [Double](repeating: 0, count: p)
        var worst = 0.0
        for j in 0..<m {
          var psi = ComplexMatrix(rows: d, columns: 1)
          psi[0, 0] = (1, 0)
          if !startsFromZero {
            for i in 0..<d { psi[i, 0] = (data.states[2 * (j * d + i)], data.states[2 * (j * d + i) + 1]) }
          }
          let x = Array(data.features[(j * f)..<((j + 1) * f)])
          let image = DenseReference.unitary(circuit, theta, x).multiplied(by: psi)
          for i in 0..<d {
            worst = max(worst, abs(outputs[2 * (j * d + i)] - image.re[i]))
            worst = max(worst, abs(outputs[2 * (j * d + i) + 1] - image.im[i]))
          }
          let expected = DenseReference.predictionsAndGradients(
            circuit, matrices, theta: theta, x: x, psi: psi)
          for a in 0..<k {
            let row = j * k + a
            worst = max(worst, abs(result.predictions[row] - 0.8 * expected[a].prediction))
            let residual = 0.8 * expected[a].prediction - 0.3 * Double(j)
            for q in 0..<p {
              let entry = 0.8 * expected[a].gradient[q]
              worst = max(worst, abs(result.jacobian[row * p + q] - entry))
              expectedGradient[q] += residual * entry / Double(m)
            }
          }
        }
        for q in 0..<p { worst = max(worst, abs(gradient.gradient[q] - expectedGradient[q])) }
        #expect(worst < 1e-12, "\(m) samples")
      }
    }
  }

  @Test(arguments: ["ZII", "IZI", "IIZ", "ZZI", "ZIZ", "ZZZ"]) func strings(string: String) throws {
    var cases = RandomCases(seed: 41)
    let circuit = try chain(string, qubits: [0, 1, 2], of: 3, length: 5, &cases)
    try compare(circuit, [cases.pauliSum(3, terms: 3)], &cases)
  }

  @Test(arguments: [[0, 1, 2, 3], [3, 1, 0, 2], [2, 0, 3], [1, 3, 2]]) func qubits(qubits: [Int]) throws {
    var cases = RandomCases(seed: 42)
    for string in ["Z", "IZ"] {
      let padded = string + String(repeating: "I", count: qubits.count - string.count)
      let circuit = try chain(padded, qubits: qubits, of: 4, length: 5, &cases)
      try compare(circuit, [.pauli("ZIII"), .hermitian(cases.hermitian(16))], &cases)
    }
  }

  /// A left factor must not meet a right one that lies on other qubits, or on the same in another order.
  @Test(arguments: [[[0, 1, 2], [0, 1, 3], [0, 2, 3]], [[0, 1, 2], [2, 1, 0], [1, 0, 2]]])
  func unitariesOnDifferentQubits(qubits: [[Int]]) throws {
    var cases = RandomCases(seed: 49)
    var circuit = try Circuit(qubitCount: 4)
    for k in 0..<9 {
      try circuit.append(.rz, qubits: [0], angles: [.parameter(k)])
      try circuit.appendUnitary(
        .haarUnitary(dimension: 8, seed: cases.random.nextUInt64()), qubits: qubits[k / 2 % 3])
    }
    try circuit.append(.rz, qubits: [0], angles: [.parameter(0)])
    try compare(circuit, [.pauli("IXZI")], &cases)
  }

  @Test func wholeRegisters() throws {
    for n in 4...6 {
      var cases = RandomCases(seed: 43 + UInt64(n))
      let circuit = try Ansatz.haar(qubitCount: n, parameterCount: 4, seed: 5)
      let observables = try [
        Observable.pauli("Z" + String(repeating: "I", count: n - 1)), cases.pauliSum(n, terms: 2),
      ]
      try compare(circuit, observables, &cases)
    }
  }

  /// Gates that read features, and some that move amplitudes, before the chain.
  @Test(arguments: [3, 4, 5], [true, false]) func encodings(n: Int, startsFromZero: Bool) throws {
    var cases = RandomCases(seed: 70 + UInt64(n))
    var circuit = try Circuit(qubitCount: n)
    for q in 0..<n { try circuit.append(.ry, qubits: [q], angles: [.feature(q).scaled(by: 1.3)]) }
    try circuit.append(.cx, qubits: [0, 1])
    try circuit.append(.swap, qubits: [1, 2])
    try circuit.append(.rz, qubits: [1], angles: [Angle(terms: [.init(0.7, .featureFeature(0, 1))])])
    try circuit.append(.x, qubits: [n - 1])
    try circuit.append(.rz, qubits: [n - 1], angles: [.feature(1)])
    try circuit.append(Ansatz.haar(qubitCount: n, parameterCount: 4, seed: 7))
    let observables = try [Observable.pauli("Z" + String(repeating: "I", count: n - 1))]
    let model = try Model(circuit: circuit, observables: observables)
    let few = try data(2, circuit, startsFromZero: startsFromZero, &cases)
    let simulator = try model.predictionSimulator(ParameterSets(cases.vector(4)), few, rows: 2)
    if case .splits = simulator {} else { Issue.record("\(simulator) instead of states two at a time") }
    try compare(circuit, observables, startsFromZero: startsFromZero, &cases)
  }

  /// Features between evolutions leave the chain whole: blocks of four.
  @Test func encodingsInBetween() throws {
    var cases = RandomCases(seed: 80)
    var circuit = try Ansatz.haar(qubitCount: 4, parameterCount: 2, seed: 8)
    try circuit.append(.rx, qubits: [1], angles: [.feature(0)])
    try circuit.append(Ansatz.haar(qubitCount: 4, parameterCount: 2, seed: 9))
    try compare(circuit, [.pauli("ZIII")], &cases)
  }

  /// Chains that change their string, that begin or end with an evolution, and that something interrupts.
  @Test(arguments: 0..<6) func interruptions(seed: Int) throws {
    var cases = RandomCases(seed: 50 + UInt64(seed))
    let all = [0, 1, 2, 3]
    var circuit = try Circuit(qubitCount: 4)
    for block in 0..<3 {
      try circuit.appendEvolution(.parameter(block), generator: .pauli("ZIII"), qubits: all)
      try circuit.append(
        chain(["ZIII", "IZII", "ZIIZ"][(seed + block) % 3], qubits: all, of: 4, length: 3, &cases),
        sharingParameters: true)
      if seed % 2 == 0 { try circuit.append(.ry, qubits: [block], angles: [.parameter(block)]) }
      try circuit.appendEvolution(.parameter(1), generator: .pauli("IIZZ"), qubits: all)
    }
    try compare(circuit, [.pauli("IXZI")], &cases)
  }

  /// Two states with a bit in the lanes: the same bits by any number of threads.
  @Test func threadsDoNotChangeBits() throws {
    var cases = RandomCases(seed: 60)
    let model = try Model(
      circuit: Ansatz.haar(qubitCount: 4, parameterCount: 40, seed: 6), observables: [.pauli("ZIII")])
    let data = try data(4, model.circuit, &cases)
    let theta = try ParameterSets(cases.vector(40))
    let results = try resultsByThreads { try model.jacobian(theta, data).jacobian }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  /// A rotation by nothing after every unitary leaves a circuit as it is, and keeps it from being decomposed.
  @Test func derivativesOfStatesAgree() throws {
    let models = try [false, true].map { isInterrupted in
      var cases = RandomCases(seed: 61)
      let circuit = try chain(
        "IZI", qubits: [0, 1, 2], of: 3, length: 6, isInterrupted: isInterrupted, &cases)
      return try Model(circuit: circuit, observables: [.pauli("ZXI")])
    }
    var cases = RandomCases(seed: 63)
    let data = try data(3, models[0].circuit, &cases)
    let theta = try ParameterSets(cases.vector(models[0].circuit.parameterCount))
    let fisher = try models.map { try $0.fisherInformation(theta, data) }
    let dqntk = try models.map { try $0.dqntk(theta, data) }
    for (a, b) in zip(fisher[0] + dqntk[0], fisher[1] + dqntk[1]) { #expect(abs(a - b) < 1e-11) }
  }

  /// The decomposition halves the blocks, and only where it may.
  @Test func decomposesUnitariesBetweenEqualStrings() throws {
    var cases = RandomCases(seed: 62)
    func blockSizes(_ circuit: Circuit) throws -> [Int] {
      try ShannonDecomposition(register: circuit.qubitCount).apply(to: circuit.elementaryOperations)
        .compactMap {
          if case .fixed(let matrix, _) = $0 { IndexBlocks(of: matrix).size } else { nil }
        }
    }
    let circuit = try chain("ZZI", qubits: [0, 1, 2], of: 3, length: 5, &cases)
    #expect(try blockSizes(circuit) == [8, 4, 2, 4, 2, 4, 2, 4, 8])
    let short = try chain("Z", qubits: [0], of: 1, length: 5, &cases)
    #expect(try blockSizes(short) == [2, 2, 2, 2, 2])
  }
}
