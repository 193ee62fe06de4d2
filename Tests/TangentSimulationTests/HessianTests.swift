import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

/// Second derivatives against dense generators, against differences of exact gradients, and against each other.
@Suite(.serialized) struct HessianTests {
  /// A model with samples, parameter sets, directions and weights, and the dense first and second derivatives.
  struct Problem {
    let model: Model
    let observables: [Observable]
    let theta: ParameterSets
    let data: InputData
    let direction: ParameterSets
    /// (sets, samples, features) and (sets, samples, outputs)
    let featureDirection: [Double]
    let weights: [Double]
    private let rhos: [ComplexMatrix]
    let (m, k, p, f): (Int, Int, Int, Int)

    /// - Parameter rank: of mixed states; 0 for pure ones, nil for |0...0>.
    init(
      _ circuit: Circuit, _ observables: [Observable], samples m: Int, sets: Int = 1, rank: Int?,
      _ cases: inout RandomCases
    ) throws {
      let (d, p, f) = (1 << circuit.qubitCount, circuit.parameterCount, circuit.featureCount)
      let x = cases.vector(m * f)
      switch rank {
      case nil:
        var zero = ComplexMatrix(rows: d, columns: d)
        zero.re[0] = 1
        rhos = [ComplexMatrix](repeating: zero, count: m)
        data = try InputData(sampleCount: m, features: x, featureCount: f)
      case 0:
        let states = cases.pureStates(m, d)
        rhos = (0..<m).map { projector(states[(2 * d * $0)..<(2 * d * ($0 + 1))]) }
        data = try InputData(
          sampleCount: m, features: x, featureCount: f, states: states, stateKind: .pure, dimension: d)
      case let rank?:
        rhos = (0..<m).map { _ in cases.mixedState(d, rank: rank) }
        data = try InputData(
          sampleCount: m, features: x, featureCount: f,
          states: rhos.flatMap { rho in zip(rho.re, rho.im).flatMap { [$0, $1] } }, stateKind: .mixed,
          dimension: d)
      }
      (self.m, self.p, self.f) = (m, p, f)
      k = observables.count
      self.observables = observables
      model = try Model(circuit: circuit, observables: observables, scale: 0.7)
      theta = try ParameterSets(values: cases.vector(sets * p), setCount: sets, parameterCount: p)
      direction = try ParameterSets(values: cases.vector(sets * p), setCount: sets, parameterCount: p)
      featureDirection = cases.vector(sets * m * f)
      weights = cases.vector(sets * m * k)
    }

    /// Of every (set, sample, output): the gradient and the Hessian in (theta, x).
    func dense() -> [(gradient: [Double], hessian: [Double])] {
      var result: [(gradient: [Double], hessian: [Double])] = []
      let matrices = observables.map { DenseReference.operatorMatrix($0).scaled(by: 0.7) }
      for set in 0..<theta.setCount {
        for j in 0..<m {
          let reference = CurvatureReference(
            model.circuit, theta: Array(theta.values[(set * p)..<((set + 1) * p)]),
            x: Array(data.features[(j * f)..<((j + 1) * f)]))
          for matrix in matrices {
            result.append((reference.gradient(matrix, rhos[j]), reference.hessian(matrix, rhos[j])))
          }
        }
      }
      return result
    }
  }

  /// To 1e-9 of the largest entry, in fact to 1e-11.
  private func expectEqual(
    _ found: [Double], _ expected: [Double], _ what: Comment, location: SourceLocation = #_sourceLocation
  ) {
    let size = expected.reduce(0) { max($0, abs($1)) }
    #expect(largestDifference(found, expected) <= 1e-11 * max(size, 1), what, sourceLocation: location)
  }

  /// All second derivatives of a problem against the dense ones.
  private func compare(_ problem: Problem) throws {
    let (p, f, n) = (problem.p, problem.f, problem.p + problem.f)
    let (m, k) = (problem.m, problem.k)
    let dense = problem.dense()
    let model = problem.model
    let text = Comment(rawValue: model.circuit.drawing())

    let hessian = try model.hessian(problem.theta, problem.data)
    expectEqual(
      hessian, dense.flatMap { row in (0..<p).flatMap { u in (0..<p).map { row.hessian[u * n + $0] } } }, text
    )
    for row in 0..<dense.count {
      for u in 0..<p {
        for v in 0..<u {
          let (a, b) = (hessian[(row * p + u) * p + v], hessian[(row * p + v) * p + u])
          #expect(abs(a - b) < 1e-11 * max(1, abs(a)))
        }
      }
    }

    func direction(_ row: Int) -> [Double] {
      let (set, pair) = (row / (m * k), row / k)
      return Array(problem.direction.values[(set * p)..<((set + 1) * p)])
        + problem.featureDirection[(pair * f)..<((pair + 1) * f)]
    }
    let product = try model.hessianProduct(problem.theta, problem.data, along: problem.direction)
    expectEqual(
      product,
      dense.indices.flatMap { row in
        (0..<p).map { u in (0..<p).reduce(0) { $0 + dense[row].hessian[u * n + $1] * direction(row)[$1] } }
      }, text)

    // The change of the weighted gradient along the direction in all variables, and along its parts alone.
    for (usesTheta, usesX) in [(true, true), (true, false), (false, true)] {
      let (theta, x) = try model.vjpProduct(
        problem.theta, problem.data, weights: problem.weights,
        along: usesTheta ? problem.direction : nil, features: usesX ? problem.featureDirection : nil,
        wantsFeatures: true)
      var expected = [Double](repeating: 0, count: theta.count)
      var expectedX = [Double](repeating: 0, count: x.count)
      for row in dense.indices {
        let along = direction(row).enumerated().map { ($0.offset < p ? usesTheta : usesX) ? $0.element : 0 }
        for u in 0..<n {
          let sum = (0..<n).reduce(0) { $0 + dense[row].hessian[u * n + $1] * along[$1] }
          let value = problem.weights[row] * sum
          if u < p {
            expected[row / (m * k) * p + u] += value
          } else {
            expectedX[row / k * f + u - p] += value
          }
        }
      }
      expectEqual(theta, expected, text)
      expectEqual(x, expectedX, text)
    }
  }

  @Test(arguments: Gate.allCases) func everyGate(gate: Gate) throws {
    var cases = RandomCases(seed: 700 + UInt64(gate.number))
    for features in [0, 2] {
      var circuit = try cases.circuit(qubits: 3, length: 3, features: features)
      let angles = (0..<gate.definition.angleCount).map { _ in cases.angle(parameters: 5, features: features)
      }
      try circuit.append(gate, qubits: cases.qubits(gate.definition.qubitCount, of: 3), angles: angles)
      try circuit.append(cases.circuit(qubits: 3, length: 3, features: features), sharingParameters: true)
      try compare(Problem(circuit, [cases.pauliSum(3, terms: 3)], samples: 5, rank: 0, &cases))
    }
  }

  /// Every form of angle on every kind of generator, next to each other so that some are merged.
  @Test func everyAngle() throws {
    var cases = RandomCases(seed: 800)
    let forms: [Angle] = [
      .parameter(0), .feature(0),
      Angle(constant: 0.2, terms: [.init(0.7, .parameter(1)), .init(-1.4, .parameter(0))]),
      Angle(terms: [.init(1.5, .parameterFeature(1, 0))]), Angle(terms: [.init(0.3, .featureFeature(0, 1))]),
      Angle(terms: [.init(-0.8, .featureFeature(1, 1)), .init(0.5, .parameterFeature(0, 1))]),
    ]
    var circuit = try Circuit(qubitCount: 2)
    for form in forms {
      for gate in [Gate.rx, .ry, .rz] { try circuit.append(gate, qubits: [0], angles: [form]) }
      try circuit.append(.ry, qubits: [0], angles: [forms[2]])
      try circuit.append(.rz, qubits: [1], angles: [forms[3]])
      try circuit.append(.rz, qubits: [1], angles: [forms[5]])
      try circuit.append(.cry, qubits: [1, 0], angles: [form])
      try circuit.appendEvolution(form, generator: .hermitian(cases.hermitian(4)), qubits: [0, 1])
      try circuit.append(.cx, qubits: [0, 1])
    }
    try compare(Problem(circuit, [.pauli("ZX"), .projector("01")], samples: 5, rank: nil, &cases))
  }

  /// Groups of two and three rotations about every choice of axes, and Z strings on one and more qubits in one pass.
  @Test(arguments: 0..<8) func groupsOfRotations(axes: Int) throws {
    var cases = RandomCases(seed: 890 + UInt64(axes))
    var circuit = try Circuit(qubitCount: 5)
    for layer in 0..<2 {
      for q in 0..<5 {
        try circuit.append(
          axes >> (q % 3) & 1 == 0 ? .ry : .rx, qubits: [q], angles: [.parameter(5 * layer + q)])
      }
      for q in 0..<5 { try circuit.append(.rz, qubits: [q], angles: [.parameter(10 + q)]) }
      for (a, b) in [(0, 1), (1, 3), (4, 2)] {
        try circuit.append(.rzz, qubits: [a, b], angles: [.parameter(15 + a)])
      }
      try circuit.appendRotation(.feature(layer), pauli: "ZZZ", qubits: [4, 0, 2])
      try circuit.append(.cz, qubits: [layer, 3])
    }
    try compare(Problem(circuit, [cases.pauliSum(5, terms: 3)], samples: 2, rank: 0, &cases))
  }

  /// Fewer samples than lanes: pairs of sets and samples, each along a direction of its own.
  @Test(arguments: [1, 3, 6]) func parameterSets(samples: Int) throws {
    var cases = RandomCases(seed: 810 + UInt64(samples))
    let circuit = try cases.circuit(qubits: 3, length: 14, features: 2)
    let observables = try [
      Observable.hermitian(cases.hermitian(8)), .pauli("ZII"), cases.pauliSum(3, terms: 2),
    ]
    try compare(Problem(circuit, observables, samples: samples, sets: 3, rank: 0, &cases))
  }

  /// Eigenvectors of a rank-six state fill two blocks.
  @Test(arguments: [2, 6]) func mixedStates(rank: Int) throws {
    var cases = RandomCases(seed: 820 + UInt64(rank))
    let circuit = try cases.circuit(qubits: 3, length: 10, features: 2)
    let observables = try [Observable.pauli("IZI"), cases.pauliSum(3, terms: 2)]
    try compare(Problem(circuit, observables, samples: 2, sets: 2, rank: rank, &cases))
  }

  /// The light cone leaves qubits and gates out, and with them parameters and features.
  @Test(arguments: [nil, 0]) func lightCone(rank: Int?) throws {
    var cases = RandomCases(seed: 830)
    var circuit = try Circuit(qubitCount: 4)
    for q in 0..<4 {
      try circuit.append(.ry, qubits: [q], angles: [.feature(q)])
      try circuit.append(.rx, qubits: [q], angles: [Angle(terms: [.init(1, .parameterFeature(q, q))])])
    }
    try circuit.append(.cz, qubits: [1, 2])
    for q in 0..<4 { try circuit.append(.ry, qubits: [q], angles: [.parameter(4 + q)]) }
    try circuit.append(.rz, qubits: [1], angles: [.parameter(8)])
    try compare(Problem(circuit, [.pauli("IZII")], samples: 3, rank: rank, &cases))
  }

  /// A circuit whose only derivatives stand in a last diagonal pass, which a diagonal observable leaves out.
  @Test func nothingToDifferentiate() throws {
    var cases = RandomCases(seed: 840)
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.rz, qubits: [0], angles: [.parameter(0)])
    let model = try Model(circuit: circuit, observables: [.pauli("ZI")])
    #expect(try model.hessian(ParameterSets([0.3]), InputData(sampleCount: 2)) == [0, 0])
    try compare(Problem(circuit, [.pauli("XI")], samples: 2, rank: 0, &cases))
    let fixed = try Model(circuit: Circuit(qubitCount: 2), observables: [.pauli("ZI")])
    #expect(try fixed.hessian(ParameterSets([]), InputData(sampleCount: 2)) == [])
    #expect(
      try fixed.hessianProduct(ParameterSets([]), InputData(sampleCount: 2), along: ParameterSets([])) == [])
  }

  /// (1/m) (J^T J + sum_ja r_ja H_ja)
  @Test(arguments: [nil, 0, 3, 6]) func lossHessian(rank: Int?) throws {
    var cases = RandomCases(seed: 850)
    let circuit = try cases.circuit(qubits: 3, length: 12, features: 2)
    let observables = try [Observable.pauli("IZI"), cases.pauliSum(3, terms: 2)]
    for (samples, sets) in [(7, 1), (2, 3)] {
      let problem = try Problem(circuit, observables, samples: samples, sets: sets, rank: rank, &cases)
      let (m, k, p) = (problem.m, problem.k, problem.p)
      let model = problem.model
      let (predictions, jacobian) = try model.jacobian(problem.theta, problem.data)
      let hessians = try model.hessian(problem.theta, problem.data)
      var expected = [Double](repeating: 0, count: sets * p * p)
      for row in predictions.indices {
        let (set, j) = (row / (m * k), row / k % m)
        let residual = predictions[row] - 0.3 * Double(j)
        for u in 0..<p {
          for v in 0..<p {
            expected[(set * p + u) * p + v] +=
              (jacobian[row * p + u] * jacobian[row * p + v] + residual * hessians[(row * p + u) * p + v])
              / Double(m)
          }
        }
      }
      let text = Comment(rawValue: circuit.drawing())
      let found = try model.lossHessian(problem.theta, problem.data, loss: Squares(outputs: k))
      expectEqual(found, expected, text)
      let product = try model.lossHessianProduct(
        problem.theta, problem.data, loss: Squares(outputs: k), along: problem.direction)
      expectEqual(
        product,
        (0..<(sets * p)).map { row in
          (0..<p).reduce(0) {
            $0 + expected[row * p + $1] * problem.direction.values[row / p * p + $1]
          }
        }, text)
    }
  }

  /// Central differences of the exact gradient of the loss.
  @Test func differencesOfGradients() throws {
    var cases = RandomCases(seed: 860)
    let circuit = try cases.circuit(qubits: 4, length: 40, parameters: 12, features: 2)
    let problem = try Problem(
      circuit, [cases.pauliSum(4, terms: 3), .pauli("ZIII")], samples: 9, rank: 0, &cases)
    let loss = Squares(outputs: 2)
    let h = 1e-4
    func gradient(_ steps: Double) throws -> [Double] {
      let moved = zip(problem.theta.values, problem.direction.values).map { $0 + steps * h * $1 }
      return try problem.model.gradient(ParameterSets(moved), problem.data, loss: loss).gradient
    }
    // Of sixth order.
    let points = try [1.0, 2, 3].map { zip(try gradient($0), try gradient(-$0)).map { $0 - $1 } }
    let slope = points[0].indices.map {
      (45 * points[0][$0] - 9 * points[1][$0] + points[2][$0]) / (60 * h)
    }
    let found = try problem.model.lossHessianProduct(
      problem.theta, problem.data, loss: loss, along: problem.direction)
    let size = found.reduce(0) { max($0, abs($1)) }
    #expect(largestDifference(found, slope) < 1e-9 * size)
  }

  @Test func threadsDoNotChangeBits() throws {
    var cases = RandomCases(seed: 870)
    let circuit = try cases.circuit(qubits: 4, length: 30, parameters: 11, features: 2)
    let observables = try [Observable.pauli("ZIII"), cases.pauliSum(4, terms: 2)]
    let problem = try Problem(circuit, observables, samples: 300, sets: 2, rank: 0, &cases)
    let results = try resultsByThreads([1, 2, 5]) {
      let loss = Squares(outputs: 2)
      let (model, theta, data) = (problem.model, problem.theta, problem.data)
      let (change, features) = try model.vjpProduct(
        theta, data, weights: problem.weights, along: problem.direction, features: problem.featureDirection,
        wantsFeatures: true)
      return try model.hessianProduct(theta, data, along: problem.direction) + change + features
        + model.lossHessianProduct(theta, data, loss: loss, along: problem.direction)
        + model.lossHessian(theta, data, loss: loss)
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  /// Where no history and no tables fit, and in single precision, which second derivatives do without.
  @Test func capsAndPrecision() throws {
    var cases = RandomCases(seed: 880)
    let circuit = try cases.circuit(qubits: 3, length: 20, features: 1)
    let observable = try Observable.pauli("ZXI")
    let theta = try ParameterSets(cases.vector(5))
    let data = try InputData(sampleCount: 3, features: cases.vector(3), featureCount: 1)
    let expected = try Model(circuit: circuit, observables: [observable]).hessian(theta, data)
    let small = try Model(
      circuit: circuit, observables: [observable], scale: 1, caps: .init(tables: 0, history: 0))
    #expect(largestDifference(try small.hessian(theta, data), expected) < 1e-12)
    let single = try Model(circuit: circuit, observables: [observable], precision: .single)
    #expect(largestDifference(try single.hessian(theta, data), expected) < 1e-12)
  }

  @Test func refusals() throws {
    let circuit = try Ansatz.hardwareEfficient(qubitCount: 2, layers: 1)
    let model = try Model(circuit: circuit, observables: [.pauli("ZI")])
    let (theta, data) = (try ParameterSets([0.1, 0.2, 0.3, 0.4]), try InputData(sampleCount: 2))
    #expect(throws: TangentError.self) {
      try model.hessianProduct(theta, data, along: ParameterSets([1, 2, 3]))
    }
    #expect(throws: TangentError.self) {
      try model.vjpProduct(theta, data, weights: [1], along: theta, features: nil, wantsFeatures: false)
    }
    #expect(throws: TangentError.self) {
      try model.vjpProduct(theta, data, weights: [1, 2], along: theta, features: [1], wantsFeatures: false)
    }
    let cancel = CancelToken()
    cancel.cancel()
    #expect(throws: TangentError.self) { try model.hessian(theta, data, cancel: cancel) }
  }
}
