import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

/// What must not change a result: threads, chunks, memory caps, the company a sample is computed in.
@Suite(.serialized) struct InvarianceTests {
  private struct Setting {
    let model: Model
    let theta: ParameterSets
    let data: InputData

    init(seed: UInt64, caps: WorkspaceLayout.Caps = .init(), samples m: Int = 13, sets: Int = 2) throws {
      var cases = RandomCases(seed: seed)
      let circuit = try cases.circuit(qubits: 5, length: 60, parameters: 12, features: 2)
      let observables = try [Observable.pauli("ZIIII"), cases.pauliSum(5, terms: 3)]
      model = try Model(circuit: circuit, observables: observables, scale: 1.3, caps: caps)
      theta = try ParameterSets(values: cases.vector(sets * 12), setCount: sets, parameterCount: 12)
      data = try InputData(
        sampleCount: m, features: cases.vector(2 * m), featureCount: 2, states: cases.pureStates(m, 32),
        stateKind: .pure, dimension: 32)
    }
  }

  @Test func threadsDoNotChangeBits() throws {
    let setting = try Setting(seed: 1, samples: 300)
    let results = try resultsByThreads {
      let gradient = try setting.model.gradient(
        setting.theta, setting.data, loss: Squares(outputs: 2), wantsJacobian: true)
      let kernel = try setting.model.tangentKernel(setting.theta, setting.data)
      return gradient.loss + gradient.gradient + gradient.predictions + gradient.jacobian! + kernel
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test func smallCapsGiveTheSameNumbers() throws {
    for sets in [1, 5] {
      let samples = sets == 1 ? 13 : 3
      let reference = try Setting(seed: 2, samples: samples, sets: sets)
      let expected = try reference.model.jacobian(reference.theta, reference.data)
      for caps in [
        WorkspaceLayout.Caps(tables: 0, history: 0), .init(tables: 64 << 20, history: 0),
        .init(tables: 0, history: 64 << 20),
      ] {
        let setting = try Setting(seed: 2, caps: caps, samples: samples, sets: sets)
        let result = try setting.model.jacobian(setting.theta, setting.data)
        #expect(largestDifference(result.jacobian, expected.jacobian) < 1e-12)
        #expect(largestDifference(result.predictions, expected.predictions) < 1e-13)
      }
    }
  }

  /// Whether forward states are kept shows in the last bits, so it must not depend on the threads; how many workers
  /// there are may, so that all of them together stay within the cap.
  @Test func capsHoldForAllThreadsTogether() throws {
    let circuit = try Ansatz.hardwareEfficient(qubitCount: 6, layers: 4)
    let observable = try Observable.pauli("XIIIIY")
    let theta = try ParameterSets((0..<circuit.parameterCount).map { 0.3 + 0.1 * Double($0) })
    let data = try InputData(sampleCount: 400)
    let plan = try Plan(RelabelledCircuit(circuit), .double)
    let states = MemoryLayout<Lane>.stride * 2 * plan.amplitudes * plan.historyCount
    for (cap, isKept) in [(4 * states, true), (4 * states - 1, false), (6 * states + 5, true)] {
      var caps = WorkspaceLayout.Caps(history: cap, shares: 4)
      caps.hasWideVectors = false
      let model = try Model(circuit: circuit, observables: [observable], scale: 1, caps: caps)
      let layout = try model.predictionEngine(data).layout(Lane.self, lanesHaveParameters: false)
      #expect(layout.keepsHistory == isKept)
      if isKept { #expect(layout.mostWorkers == cap / states) }
      var results: [[Double]] = []
      var estimates: [Int] = []
      for threads in [1, 4, 7, 100] {
        let (jacobian, estimate) = try ThreadPool(sharingAllAmong: threads).use {
          try (
            model.jacobian(theta, data).jacobian,
            model.memoryEstimate(for: .jacobian, samples: data.sampleCount)
          )
        }
        results.append(jacobian)
        estimates.append(estimate - 8 * data.sampleCount * (1 + circuit.parameterCount))
      }
      #expect(results.allSatisfy { $0 == results[0] })
      let workers = [1, 4, 7, 100].map { min($0, layout.mostWorkers) }
      #expect(estimates == workers.map { $0 * layout.bytes })
    }
  }

  @Test func gradientIsTheWeightedJacobian() throws {
    let setting = try Setting(seed: 3)
    let result = try setting.model.gradient(
      setting.theta, setting.data, loss: Squares(outputs: 2), wantsJacobian: true)
    let plain = try setting.model.gradient(setting.theta, setting.data, loss: Squares(outputs: 2))
    #expect(plain.gradient == result.gradient)
    let (m, p) = (13, 12)
    for set in 0..<2 {
      for q in 0..<p {
        var sum = 0.0
        for j in 0..<m {
          let row = (set * m + j) * 2
          for a in 0..<2 {
            let residual = result.predictions[row + a] - 0.3 * Double(j)
            sum += residual * result.jacobian![(row + a) * p + q]
          }
        }
        #expect(abs(sum / Double(m) - result.gradient[set * p + q]) < 1e-13)
      }
    }
  }

  @Test func rowsAreTheSameInAnyCompany() throws {
    let setting = try Setting(seed: 4)
    let all = try setting.model.jacobian(setting.theta, setting.data).jacobian
    let rows = [7, 2, 12, 3, 4]
    let some = try setting.model.jacobian(setting.theta, setting.data, rows: rows).jacobian
    let size = 2 * 12
    for set in 0..<2 {
      for (k, row) in rows.enumerated() {
        let a = Array(some[((set * rows.count + k) * size)..<((set * rows.count + k + 1) * size)])
        #expect(a == Array(all[((set * 13 + row) * size)..<((set * 13 + row + 1) * size)]))
      }
    }
  }

  /// Ranges of samples written one after the other into memory that holds NaN before: pure samples, fewer than lanes
  /// of several sets, mixed ones.
  @Test(arguments: [5, 3], [InputData.StateKind.pure, .mixed])
  func rangesFillTheCallersMemory(_ size: Int, _ kind: InputData.StateKind) throws {
    let setting = try Setting(seed: 6)
    var cases = RandomCases(seed: 7)
    let data =
      kind == .pure
      ? setting.data
      : try InputData(
        sampleCount: 13, features: setting.data.features, featureCount: 2,
        states: (0..<13).flatMap { _ in
          let rho = cases.mixedState(32, rank: 3)
          return zip(rho.re, rho.im).flatMap { [$0, $1] }
        }, stateKind: .mixed, dimension: 32)
    let expected = try setting.model.jacobian(setting.theta, data)
    var predictions = [Double](repeating: .nan, count: expected.predictions.count)
    var (jacobian, alone) = ([Double](repeating: .nan, count: expected.jacobian.count), predictions)
    for first in stride(from: 0, to: 13, by: size) {
      let range = first..<min(first + size, 13)
      try setting.model.evaluate(
        setting.theta, data, range: range, predictions: &predictions, jacobian: &jacobian)
      try setting.model.evaluate(setting.theta, data, range: range, predictions: &alone, jacobian: nil)
    }
    #expect((predictions + alone + jacobian).firstNonFinite == nil)
    #expect(largestDifference(predictions, expected.predictions) < 1e-13)
    #expect(largestDifference(alone, expected.predictions) < 1e-13)
    #expect(largestDifference(jacobian, expected.jacobian) < 1e-12)
    jacobian = [Double](repeating: .nan, count: expected.jacobian.count)
    try setting.model.evaluate(
      setting.theta, data, range: 0..<13, predictions: nil, jacobian: &jacobian)
    #expect(jacobian == expected.jacobian)
  }

  @Test func gradientsMayTakeOverOlderMemory() throws {
    let (setting, other) = (try Setting(seed: 8), try Setting(seed: 9, samples: 3, sets: 4))
    var result = GradientResult()
    for (s, wantsJacobian) in [(setting, true), (setting, false), (other, true), (setting, false)] {
      try s.model.gradient(
        s.theta, s.data, loss: Squares(outputs: 2), wantsJacobian: wantsJacobian, into: &result)
      let fresh = try s.model.gradient(
        s.theta, s.data, loss: Squares(outputs: 2), wantsJacobian: wantsJacobian)
      #expect(result.loss == fresh.loss && result.gradient == fresh.gradient)
      #expect(result.predictions == fresh.predictions && result.jacobian == fresh.jacobian)
    }
  }

  @Test func kernelInChunksAndBetweenSets() throws {
    let setting = try Setting(seed: 5)
    let whole = try setting.model.tangentKernel(setting.theta, setting.data)
    #expect(try setting.model.tangentKernel(setting.theta, setting.data, chunk: 3) == whole)
    #expect(try setting.model.tangentKernel(setting.theta, setting.data, setting.data) == whole)
    let full = try setting.model.tangentKernel(setting.theta, setting.data, full: true, chunk: 5)
    for i in 0..<13 {
      for j in 0..<13 {
        let sum = (0..<2).reduce(0.0) { $0 + full[((i * 2 + $1) * 13 + j) * 2 + $1] }
        #expect(abs(sum - whole[i * 13 + j]) < 1e-12)
      }
    }
  }

  /// Groups of two and three rotations; with a history, which lets cosines wait for a diagonal pass, and without.
  @Test(arguments: [3, 4, 5, 8], [0, 64 << 20])
  func rotationsAtExactMultiplesOfPi(n: Int, history: Int) throws {
    var circuit = try Circuit(qubitCount: n)
    for layer in 0..<4 {
      for q in 0..<n {
        try circuit.append(
          layer.isMultiple(of: 2) ? .ry : .rx, qubits: [q], angles: [.parameter(n * layer + q)])
      }
      try circuit.append(.cz, qubits: [0, 1])
      try circuit.append(.cz, qubits: [1, 2])
    }
    let pauli = "ZX" + String(repeating: "I", count: n - 2)
    let model = try Model(
      circuit: circuit, observables: [.pauli(pauli)], scale: 1, caps: .init(history: history))
    var psi = ComplexMatrix(rows: 1 << n, columns: 1)
    psi.re[0] = 1
    for angle in [Double.pi, -Double.pi, 3 * Double.pi, Double.pi / 2, 0] {
      let theta = [Double](repeating: angle, count: 4 * n)
      let result = try model.jacobian(ParameterSets(theta), InputData(sampleCount: 1))
      let expected = DenseReference.predictionsAndGradients(
        circuit, [DenseReference.pauli(pauli)], theta: theta, psi: psi)[0]
      #expect(largestDifference(result.jacobian, expected.gradient) < 1e-13)
    }
  }

  /// The cosines that a diagonal pass takes over multiply to 1e-163 here.
  @Test func tenRotationsByPiBeforeOneDiagonalPass() throws {
    let circuit = try Ansatz.hardwareEfficient(qubitCount: 10, layers: 3)
    let observable = try Observable.pauli("XIIIIIIIZY")
    for angle in [Double.pi, 3.14159, 1.0] {
      let theta = try ParameterSets([Double](repeating: angle, count: circuit.parameterCount))
      let deferred = try Model(circuit: circuit, observables: [observable])
        .jacobian(theta, InputData(sampleCount: 1))
      let caps = WorkspaceLayout.Caps(tables: 64 << 20, history: 0)
      let inPlace = try Model(circuit: circuit, observables: [observable], scale: 1, caps: caps)
        .jacobian(theta, InputData(sampleCount: 1))
      #expect(largestDifference(deferred.jacobian, inPlace.jacobian) < 1e-13)
      #expect(largestDifference(deferred.predictions, inPlace.predictions) < 1e-14)
    }
  }
}
