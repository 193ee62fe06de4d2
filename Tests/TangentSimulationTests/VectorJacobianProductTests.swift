import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

/// One idea, many roads: blocks, pairs, mixed states, tiles, single precision; any threads, any company.
@Suite(.serialized) struct VectorJacobianProductTests {
  private enum States: CaseIterable { case zero, pure, mixed }

  private func data(
    _ circuit: Circuit, _ m: Int, _ states: States, extraFeatures: Int = 0, _ cases: inout RandomCases
  ) throws -> InputData {
    let d = 1 << circuit.qubitCount
    let f = circuit.featureCount + extraFeatures
    let kind: InputData.StateKind =
      switch states {
      case .zero: .none
      case .pure: .pure
      case .mixed: .mixed
      }
    let amplitudes: [Double] =
      switch states {
      case .zero: []
      case .pure: cases.pureStates(m, d)
      case .mixed:
        (0..<m).flatMap { _ in
          let rho = cases.mixedState(d, rank: 5)
          return zip(rho.re, rho.im).flatMap { [$0, $1] }
        }
      }
    return try InputData(
      sampleCount: m, features: cases.vector(m * f, in: -1.5...1.5), featureCount: f, states: amplitudes,
      stateKind: kind, dimension: states == .zero ? 0 : d)
  }

  /// The product is the weighted sum of the Jacobian's rows, whatever the schedule, and alone the same as together.
  @Test(arguments: [1, 2, 5, 9], [1, 3]) func contractsTheJacobian(_ m: Int, _ sets: Int) throws {
    for (number, states) in States.allCases.enumerated() {
      for outputs in [1, 3] {
        var cases = RandomCases(seed: UInt64(1000 + 10 * m + number + 100 * sets + outputs))
        let circuit = try cases.circuit(qubits: 4, length: 30, parameters: 6, features: 3)
        let data = try data(circuit, m, states, extraFeatures: 2, &cases)
        let model = try Model(
          circuit: circuit, observables: (0..<outputs).map { _ in try cases.pauliSum(4, terms: 2) },
          scale: 1.7)
        let (p, f) = (6, 5)
        let theta = try ParameterSets(values: cases.vector(sets * p), setCount: sets, parameterCount: p)
        let weights = cases.vector(sets * m * outputs)
        let result = try model.vectorJacobianProduct(theta, data, weights: weights)
        let rows = try model.jacobian(theta, data)
        let featureRows = try model.jacobian(theta, data, wrt: .features)
        var gradient = [Double](repeating: 0, count: sets * p)
        var features = [Double](repeating: 0, count: sets * m * f)
        for row in weights.indices {
          let pair = row / outputs
          for q in 0..<p { gradient[pair / m * p + q] += weights[row] * rows.jacobian[row * p + q] }
          for q in 0..<f { features[pair * f + q] += weights[row] * featureRows.jacobian[row * f + q] }
        }
        #expect(largestDifference(result.gradient, gradient) < 1e-12)
        #expect(largestDifference(result.featureGradient, features) < 1e-12)
        #expect(largestDifference(result.predictions, rows.predictions) < 1e-12)
        #expect(largestDifference(featureRows.predictions, rows.predictions) < 1e-12)
        for pair in 0..<(sets * m) {
          #expect(result.featureGradient[(pair * f + 3)..<(pair * f + 5)] == [0, 0])
        }
        let parameters = try model.vectorJacobianProduct(theta, data, weights: weights, wrt: .parameters)
        #expect(largestDifference(parameters.gradient, gradient) < 1e-12)
        #expect(parameters.featureGradient.isEmpty)
      }
    }
  }

  /// Features by differences of predictions: of mixed samples, and of large and few medium states, which go in tiles.
  @Test(arguments: [(3, 3, States.mixed), (9, 2, .zero), (9, 2, .pure), (13, 1, .zero), (13, 2, .pure)])
  private func differences(_ n: Int, _ m: Int, _ states: States) throws {
    var cases = RandomCases(seed: UInt64(1100 + n + m))
    let circuit = try cases.circuit(qubits: n, length: 40, parameters: 5, features: 3, mixing: 3)
    let given = try data(circuit, m, states, &cases)
    let model = try Model(
      circuit: circuit,
      observables: [.pauli(String(repeating: "Z", count: n)), cases.pauliSum(n, terms: 2)])
    let theta = try ParameterSets(cases.vector(5))
    if n >= 9 {
      let simulator = try model.predictionSimulator(theta, given, rows: m, wrt: .features)
      if case .tiles = simulator {} else { Issue.record("\(simulator) instead of tiles") }
    }
    let weights = cases.vector(m * 2)
    let result = try model.vectorJacobianProduct(theta, given, weights: weights)
    let jacobian = try model.jacobian(theta, given, wrt: .features).jacobian
    for f in 0..<3 {
      let rows = try centralDifference { shift in
        var x = given.features
        for j in 0..<m { x[j * 3 + f] += shift }
        return try model.predict(
          theta,
          InputData(
            sampleCount: m, features: x, featureCount: 3, states: given.states, stateKind: given.stateKind,
            dimension: given.dimension))
      }
      let size = rows.reduce(1) { max($0, abs($1)) }
      for (row, value) in rows.enumerated() { #expect(abs(jacobian[row * 3 + f] - value) < 1e-9 * size) }
      for j in 0..<m {
        let sum = weights[2 * j] * rows[2 * j] + weights[2 * j + 1] * rows[2 * j + 1]
        #expect(abs(result.featureGradient[j * 3 + f] - sum) < 1e-9 * size)
      }
    }
  }

  /// The derivative at 0 from eight values on each side, with an error of order h^16.
  private func centralDifference(_ f: (Double) throws -> [Double]) rethrows -> [Double] {
    let (h, n) = (0.05, 8)
    var result: [Double] = []
    for k in 1...n {
      // 2 (-1)^(k+1) (n!)^2 / (k (n-k)! (n+k)!)
      var weight = 2.0 / Double(k) * (k.isMultiple(of: 2) ? -1 : 1)
      for i in 1...k { weight *= Double(n - k + i) / Double(n + i) }
      let (up, down) = (try f(Double(k) * h), try f(-Double(k) * h))
      if result.isEmpty { result = [Double](repeating: 0, count: up.count) }
      for i in up.indices { result[i] += weight * (up[i] - down[i]) / (2 * h) }
    }
    return result
  }

  /// Tiles of four qubits against blocks, with diagonal observables, whose last stage turns, and others; the same bits
  /// on any number of threads.
  @Test(arguments: 0..<4, [true, false]) func tilesAgreeWithBlocks(seed: Int, isDiagonal: Bool) throws {
    var cases = RandomCases(seed: UInt64(1200 + seed))
    let n = 7
    let circuit = try cases.circuit(qubits: n, length: 30, parameters: 6, features: 2, mixing: 2)
    let observables: [Observable] =
      isDiagonal
      ? try Array([.pauli("ZIIIIIZ"), .pauli("IZZIIII")].prefix(1 + seed % 2))
      : try [cases.pauliSum(n, terms: 3)]
    let data = try data(circuit, 3, seed < 2 ? .zero : .pure, extraFeatures: 1, &cases)
    let theta = try ParameterSets(values: cases.vector(12), setCount: 2, parameterCount: 6)
    let weights = cases.vector(6 * observables.count)
    var caps = WorkspaceLayout.Caps()
    (caps.blockQubits, caps.tile) = (0, 4)
    let blocks = try Model(circuit: circuit, observables: observables, scale: 1.3)
    let tiles = try Model(circuit: circuit, observables: observables, scale: 1.3, caps: caps)
    let expected = try blocks.vectorJacobianProduct(theta, data, weights: weights)
    let rows = try blocks.jacobian(theta, data, wrt: .features).jacobian
    func onThisPool() throws -> [Double] {
      let result = try tiles.vectorJacobianProduct(theta, data, weights: weights)
      let own = try tiles.jacobian(theta, data, wrt: .features).jacobian
      #expect(largestDifference(result.gradient, expected.gradient) < 1e-12)
      #expect(largestDifference(result.featureGradient, expected.featureGradient) < 1e-12)
      #expect(largestDifference(own, rows) < 1e-12)
      return result.gradient + result.featureGradient + own
    }
    // Seven threads are more than there are sets and samples; the states here are too small to be shared.
    let results =
      try resultsByThreads([1, 2, 5], onThisPool) + [ThreadPool(sharingAllAmong: 7).use(onThisPool)]
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test(arguments: [Precision.double, .single]) func threadsDoNotChangeBits(_ precision: Precision) throws {
    var cases = RandomCases(seed: 1300)
    let circuit = try cases.circuit(qubits: 5, length: 60, parameters: 12, features: 2)
    let model = try Model(
      circuit: circuit, observables: [.pauli("ZIIII"), cases.pauliSum(5, terms: 3)], precision: precision)
    let data = try data(circuit, 300, .zero, &cases)
    let theta = try ParameterSets(values: cases.vector(24), setCount: 2, parameterCount: 12)
    let weights = cases.vector(1200)
    let results = try resultsByThreads {
      let result = try model.vectorJacobianProduct(theta, data, weights: weights)
      return result.gradient + result.featureGradient
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  /// A sample's row of the features' gradient does not depend on the others.
  @Test func rowsAreTheSameInAnyCompany() throws {
    var cases = RandomCases(seed: 1310)
    let circuit = try cases.circuit(qubits: 4, length: 40, parameters: 6, features: 2)
    let model = try Model(circuit: circuit, observables: [cases.pauliSum(4, terms: 3)])
    let data = try data(circuit, 9, .zero, &cases)
    let theta = try ParameterSets(cases.vector(6))
    let weights = cases.vector(9)
    let all = try model.vectorJacobianProduct(theta, data, weights: weights).featureGradient
    let rows = try model.jacobian(theta, data, wrt: .features).jacobian
    for j in 0..<9 {
      let one = try InputData(
        sampleCount: 1, features: Array(data.features[(2 * j)..<(2 * j + 2)]), featureCount: 2)
      let alone = try model.vectorJacobianProduct(theta, one, weights: [weights[j]]).featureGradient
      #expect(alone == Array(all[(2 * j)..<(2 * j + 2)]))
      #expect(try model.jacobian(theta, one, wrt: .features).jacobian == Array(rows[(2 * j)..<(2 * j + 2)]))
    }
  }

  /// Plans for features do not touch those for parameters.
  @Test func parametersKeepTheirBits() throws {
    var cases = RandomCases(seed: 1320)
    let circuit = try cases.circuit(qubits: 4, length: 40, parameters: 6, features: 2)
    let observables = try [cases.pauliSum(4, terms: 3)]
    let data = try data(circuit, 9, .zero, &cases)
    let theta = try ParameterSets(cases.vector(6))
    let expected = try Model(circuit: circuit, observables: observables).jacobian(theta, data)
    let model = try Model(circuit: circuit, observables: observables)
    _ = try model.vectorJacobianProduct(theta, data, weights: cases.vector(9))
    _ = try model.jacobian(theta, data, wrt: .features)
    let result = try model.jacobian(theta, data)
    #expect(result.jacobian == expected.jacobian && result.predictions == expected.predictions)
  }

  @Test(arguments: [3, 11]) func singlePrecision(samples m: Int) throws {
    var cases = RandomCases(seed: 1400)
    let circuit = try cases.circuit(qubits: 4, length: 25, parameters: 7, features: 3)
    let observables = try [Observable.pauli("ZIIZ"), .pauli("XYII")]
    let data = try data(circuit, m, .pure, &cases)
    let theta = try ParameterSets(values: cases.vector(14), setCount: 2, parameterCount: 7)
    let double = try Model(circuit: circuit, observables: observables)
    let single = try Model(circuit: circuit, observables: observables, precision: .single)
    let rows = try double.jacobian(theta, data, wrt: .features).jacobian
    let size = rows.reduce(1) { max($0, abs($1)) }
    let ownRows = try single.jacobian(theta, data, wrt: .features).jacobian
    #expect(largestDifference(ownRows, rows) < SinglePrecisionTests.bound * size)
    let weights = [Double](repeating: 1, count: 4 * m)
    let expected = try double.vectorJacobianProduct(theta, data, weights: weights)
    let result = try single.vectorJacobianProduct(theta, data, weights: weights)
    #expect(
      largestDifference(result.featureGradient, expected.featureGradient) < 2 * SinglePrecisionTests.bound
        * size)
  }

  /// The features of gates that no observable sees have the derivative 0 exactly.
  @Test func outsideTheLightCone() throws {
    var circuit = try Circuit(qubitCount: 4)
    for q in 0..<4 { try circuit.append(.ry, qubits: [q], angles: [.feature(q)]) }
    try circuit.append(.cx, qubits: [0, 1])
    try circuit.append(.rx, qubits: [1], angles: [.parameter(0)])
    try circuit.append(.rz, qubits: [0], angles: [.parameter(1)])
    var cases = RandomCases(seed: 1500)
    let data = try data(circuit, 5, .zero, &cases)
    let model = try Model(circuit: circuit, observables: [.pauli("IZII")])
    let result = try model.vectorJacobianProduct(
      ParameterSets([0.3, 0.4]), data, weights: [Double](repeating: 1, count: 5))
    #expect(result.gradient[1] == 0)
    for j in 0..<5 {
      #expect(result.featureGradient[4 * j] != 0 && result.featureGradient[4 * j + 1] != 0)
      #expect(result.featureGradient[4 * j + 2] == 0 && result.featureGradient[4 * j + 3] == 0)
    }
  }

  /// Without features there is nothing to differentiate for: zeros where the data have some, and no error.
  @Test func circuitsWithoutFeatures() throws {
    let circuit = try Ansatz.hardwareEfficient(qubitCount: 2, layers: 1)
    let model = try Model(circuit: circuit, observables: [.pauli("ZX")])
    let theta = try ParameterSets((0..<circuit.parameterCount).map { 0.1 + 0.2 * Double($0) })
    let data = try InputData(sampleCount: 3, features: [1, 2, 3, 4, 5, 6], featureCount: 2)
    let result = try model.vectorJacobianProduct(theta, data, weights: [1, 2, 3])
    #expect(result.featureGradient == [Double](repeating: 0, count: 6))
    #expect(try model.jacobian(theta, data, wrt: .features).jacobian == [Double](repeating: 0, count: 6))
    #expect(try model.fisherInformation(theta, data, wrt: .features) == [0, 0, 0, 0])
    var filled = [Double](repeating: .nan, count: 6)
    try model.evaluate(theta, data, range: 0..<3, predictions: nil, jacobian: &filled, wrt: .features)
    #expect(filled == [Double](repeating: 0, count: 6))
  }

  @Test func badWeights() throws {
    let model = try Model(
      circuit: Ansatz.hardwareEfficient(qubitCount: 2, layers: 1), observables: [.pauli("ZX")])
    let theta = try ParameterSets([Double](repeating: 0.1, count: model.circuit.parameterCount))
    let data = try InputData(sampleCount: 2)
    for weights in [[1.0], [1, .nan], [1, 2, 3], []] {
      #expect(throws: TangentError.self) { try model.vectorJacobianProduct(theta, data, weights: weights) }
    }
  }
}
