import Glibc
import TangentCircuits
import TangentNumerics
import TangentSimulation
import Testing

@testable import TangentTraining
import TangentOptimization
import TangentBounds

/// One qubit, any rotation, Z measured: every unitary can be reached.
private func qubitRun(
  _ angles: [Double], labels: [Double], scale: Double = 1, optimizer: any Optimizer = LBFGS()
) throws -> TrainingRun {
  var circuit = try Circuit(qubitCount: 1)
  try circuit.append(.u3, qubits: [0], angles: [.parameter(0), .parameter(1), .parameter(2)])
  var states = ComplexMatrix(rows: angles.count, columns: 2)
  for (j, angle) in angles.enumerated() {
    states[j, 0] = (cos(angle / 2), 0)
    states[j, 1] = (sin(angle / 2), 0)
  }
  return try TrainingRun(
    model: Model(circuit: circuit, observables: [.pauli("Z")], scale: scale), data: pureData(states),
    targets: .values(labels), options: TrainingOptions(optimizer: optimizer, seed: 1))
}

@Suite struct WarningTests {
  @Test func silentWhenNothingIsWrong() throws {
    let problem = try Problem()
    #expect(try problem.run(TrainingOptions(optimizer: GradientDescent(learningRate: 0.1))).warnings() == [])
    #expect(try Problem(outputs: 3).run(TrainingOptions(optimizer: Adam())).warnings() == [])
    #expect(try qubitRun([0.5, .pi + 0.5], labels: [1, -1]).warnings() == [])
  }

  /// The floor is where training ends, for two states of any overlap and for labels out of range.
  @Test(
    arguments: [
      ([0.4, 1.0], [1, -1], 1), ([0.4, 2.4], [1, -0.8], 1), ([0.2, 0.2], [1, -1], 1.5),
      ([0, .pi], [2, -3], 1), ([0.1, .pi], [1.5, -1.2], 1),
    ] as [([Double], [Double], Double)])
  func trainingEndsAtTheFloor(_ angles: [Double], _ labels: [Double], _ scale: Double) throws {
    let run = try qubitRun(angles, labels: labels, scale: scale)
    let floor = try run.lossFloor()
    try run.advance(steps: 60)
    let end = try run.record.loss[60]
    let loss = try #require(floor.loss)
    #expect(end >= loss - 1e-12)
    #expect(loss > 0.9 * end)
    #expect(try !run.warnings().isEmpty)
  }

  @Test func namesLabelsOutsideTheRange() throws {
    #expect(
      try qubitRun([0, .pi], labels: [1, -3]).warnings() == [
        "labels lie outside the range [-1.0, 1.0] of scale * observable (sample 1 has -3.0), so the loss cannot fall below 1.0; raise the scale"
      ])
    #expect(try qubitRun([0, .pi], labels: [3, -3], scale: -3).warnings() == [])
  }

  @Test func namesLabelsOutOfReach() throws {
    let run = try qubitRun([0.2, 3.0, 0.8], labels: [1, -1, -1])
    // overlap cos^2 0.3, so the pair stays within 2 sin 0.3 of each other
    let excess = 2 - 2 * sin(0.3)
    #expect(try #require(run.lossFloor().loss) >= excess * excess / 12 - 1e-12)
    let warnings = try run.warnings()
    #expect(warnings.count == 1)
    #expect(
      warnings[0].hasPrefix(
        "labels are out of reach for these data: samples 0 and 2 have states that overlap by 0.913 but carry the labels 1.0 and -1.0; the loss cannot fall below 0.1"
      ))
    #expect(
      try qubitRun([1, 1], labels: [1, -1]).warnings() == [
        "labels are out of reach for these data: samples 0 and 1 are equal but carry the labels 1.0 and -1.0; the loss cannot fall below 0.5, whatever the parameters"
      ])
  }

  /// Runs that share a memory of floors have their own floors.
  @Test func remembersTheFloorOfTheSameDataOnly() throws {
    let floors = FloorMemory()
    let circuit = try qubitRun([0], labels: [0]).model.circuit
    func floor(_ angles: [Double], _ labels: [Double]) throws -> Double {
      var states = ComplexMatrix(rows: angles.count, columns: 2)
      for (j, angle) in angles.enumerated() {
        states[j, 0] = (cos(angle / 2), 0)
        states[j, 1] = (sin(angle / 2), 0)
      }
      return try #require(
        TrainingRun(
          model: Model(circuit: circuit, observables: [.pauli("Z")]), data: pureData(states),
          targets: .values(labels), options: TrainingOptions(optimizer: LBFGS()), floors: floors
        ).lossFloor().loss)
    }
    for _ in 0..<2 {
      for (angle, labels) in [(1.0, [1.0, -1]), (2.0, [1, -1]), (2, [0.9, -0.9]), (2, [1, 1])] {
        // Two states at this angle differ in predictions by 2 sin(angle / 2) at most, which sum to 2 cos(angle / 2).
        let excess = max(
          0, labels[0] - labels[1] - 2 * sin(angle / 2), labels[0] + labels[1] - 2 * cos(angle / 2))
        #expect(abs(try floor([0.3, 0.3 + angle], labels) - excess * excess / 8) < 1e-9)
      }
    }
  }

  /// Three states in a plane at 120 degrees: every two can be told apart well enough for their labels, all
  /// three cannot.
  @Test func seesWhatPairsDoNotShow() throws {
    let angles = [0, 2 * Double.pi / 3, 4 * Double.pi / 3]
    let run = try qubitRun(angles, labels: [0.8, 0.8, -0.7])
    let floor = try run.lossFloor()
    // The best measurement n.sigma, n away from the third state, predicts 0.5, 0.5, -1.
    let loss = try #require(floor.loss)
    #expect(floor.pair == nil && loss <= 0.045 && loss > 0.999 * 0.045)
    #expect(
      try run.warnings()[0].hasPrefix(
        "labels are out of reach for these data: no measurement with these eigenvalues tells the states so far apart; the loss cannot"
      ))
    try run.advance(steps: 60)
    #expect(try run.record.loss[60] >= loss)
  }

  /// Features encoded before all parameters: distances of the encoded states count. Encoded again in between:
  /// only equal samples are known to stay equal.
  @Test func seesFeatures() throws {
    let encoding = try Encoding.angle(qubitCount: 2)
    let ansatz = try Ansatz.hardwareEfficient(qubitCount: 2, layers: 2)
    var once = encoding
    try once.append(ansatz)
    var twice = once
    try twice.append(encoding)
    try twice.append(ansatz)
    func floor(_ circuit: Circuit, _ features: [Double]) throws -> LossFloor {
      try TrainingRun(
        model: Model(circuit: circuit, observables: [.pauli("ZI")]),
        data: InputData(sampleCount: 2, features: features, featureCount: 2), targets: .values([1, -1]),
        options: TrainingOptions(optimizer: Adam())
      ).lossFloor()
    }
    let near = [0.1, 0.5, 0.3, 0.1]
    // ry(x): overlap cos^2(0.1) cos^2(0.2)
    let overlap = pow(cos(0.1) * cos(0.2), 2)
    let excess = 2 - 2 * (1 - overlap).squareRoot()
    #expect(abs(try #require(floor(once, near).loss) - excess * excess / 8) < 1e-9)
    #expect(try floor(twice, near).loss == nil)
    let equal = [0.1, 0.5, 0.1, 0.5]
    for circuit in [once, twice] {
      #expect(abs(try #require(floor(circuit, equal).loss) - 0.5) < 1e-6)
      #expect(try floor(circuit, equal).pair?.distance ?? 1 < 1e-7)
    }
  }

  /// Half and half of a state and noise: distance and reach are halved.
  @Test func seesMixedStates() throws {
    let mixed: [Double] = [0.75, 0, 0, 0, 0, 0, 0.25, 0, 0.25, 0, 0, 0, 0, 0, 0.75, 0]
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(.ry, qubits: [0], angles: [.parameter(0)])
    let run = try TrainingRun(
      model: Model(circuit: circuit, observables: [.pauli("Z")]),
      data: InputData(sampleCount: 2, states: mixed, stateKind: .mixed, dimension: 2),
      targets: .values([1, -1]), options: TrainingOptions(optimizer: LBFGS()))
    #expect(abs(try #require(run.lossFloor().loss) - 0.125) < 1e-12)
    try run.advance(steps: 30)
    #expect(abs(try run.record.loss[30] - 0.125) < 1e-12)
  }

  /// Three equal samples with labels 0, 0, 1 cost 3 H(1/3); training ends there.
  @Test func seesEqualSamplesOfDifferentClasses() throws {
    var problem = try Problem(qubits: 2, layers: 3, samples: 4, outputs: 2, scale: 10)
    var states = try Encoding.haarStates(qubitCount: 2, count: 4, seed: 3)
    for j in 1..<3 { for i in 0..<4 { states[j, i] = states[0, i] } }
    problem.data = try pureData(states)
    problem.targets = .labels([0, 0, 1, 1])
    let run = try problem.run(TrainingOptions(optimizer: LBFGS()))
    let entropy = -(2 * log(2.0 / 3) + log(1.0 / 3)) / 4
    #expect(abs(try #require(run.lossFloor().loss) - entropy) < 1e-15)
    #expect(
      try run.warnings() == [
        "labels are out of reach for these data: samples 0 and 2 are equal but carry the labels 0 and 1; the loss cannot fall below 0.477, whatever the parameters"
      ])
    try run.advance(steps: 100)
    let end = try run.record.loss[100]
    #expect(end >= entropy && end < entropy + 0.01)
  }

  @Test(arguments: [1, 3])
  func namesTheCriticalRate(_ outputs: Int) throws {
    var problem = try Problem(outputs: outputs)
    problem.targets = .values((0..<6 * outputs).map { $0 % 3 == 0 ? 0.5 : -0.5 })
    let start = try problem.run(setCount: 2, TrainingOptions(optimizer: Adam(), seed: 3)).theta
    let kernels = try problem.model.tangentKernel(start, problem.data, full: true)
    let size = 6 * outputs
    var largest = 0.0
    for set in 0..<2 {
      let entries = Array(kernels[set * size * size..<(set + 1) * size * size])
      let kernel = ComplexMatrix(rows: size, columns: size, re: entries, im: entries.map { _ in 0 })
      largest = max(largest, try HermitianEigen(kernel).values[size - 1])
    }
    let critical = 12 / largest
    func warnings(_ rate: Double) throws -> [String] {
      try problem.run(theta: start, TrainingOptions(optimizer: GradientDescent(learningRate: rate)))
        .warnings()
        .filter { $0.contains("critical") }
    }
    #expect(try warnings(critical * 0.9999).isEmpty)
    let found = try warnings(critical * 1.0001)
    #expect(
      found.count == 1
        && found[0].hasPrefix("the learning rate \(critical * 1.0001) is above the critical rate ")
    )
  }

  /// The warned rate diverges from the start where the unwarned one converges: a quadratic regime near a minimum.
  @Test func theCriticalRateIsCritical() throws {
    // one sample near its label 0: r = cos(theta), K = sin(theta)^2
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(.ry, qubits: [0], angles: [.parameter(0)])
    func distance(after steps: Int, rate: Double) throws -> (warned: Bool, distance: Double) {
      let run = try TrainingRun(
        model: Model(circuit: circuit, observables: [.pauli("Z")]), data: InputData(sampleCount: 1),
        targets: .values([0]), theta: ParameterSets([Double.pi / 2 + 1e-6]),
        options: TrainingOptions(optimizer: GradientDescent(learningRate: rate)))
      let warned = try !run.warnings().isEmpty
      try run.advance(steps: steps)
      return (warned, abs(try run.theta.values[0] - Double.pi / 2))
    }
    let (above, far) = try distance(after: 100, rate: 2.05)
    let (below, near) = try distance(after: 100, rate: 1.95)
    #expect(above && far > 1e-5)
    #expect(!below && near < 1e-7)
  }
}
