import Synchronization
import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

/// States in the lanes of single precision: rounded once for all calls, each at its place.
@Suite struct StateLanesTests {
  private func pure(_ m: Int, _ n: Int, _ cases: inout RandomCases) throws -> InputData {
    try InputData(sampleCount: m, states: cases.pureStates(m, 1 << n), stateKind: .pure, dimension: 1 << n)
  }

  /// Density matrices that are diagonal, so that their eigenvectors are basis states.
  private func mixed(ranks: [Int], _ d: Int) throws -> InputData {
    var states: [Double] = []
    for rank in ranks {
      let sum = Double(rank * (rank + 1) / 2)
      for entry in 0..<(d * d) {
        let (row, column) = (entry / d, entry % d)
        states += [row == column && row < rank ? Double(row + 1) / sum : 0, 0]
      }
    }
    return try InputData(sampleCount: ranks.count, states: states, stateKind: .mixed, dimension: d)
  }

  @Test(arguments: [1, 7, 8, 13]) func pureStatesHaveTheirPlaces(m: Int) throws {
    var cases = RandomCases(seed: 1100 + UInt64(m))
    let data = try pure(m, 3, &cases)
    let lanes = try #require(data.lanes(SingleLane.self))
    let pointer: UnsafePointer<SingleLane> = lanes.pointer()
    #expect(lanes.memory.count == (m + 7) / 8 * 16)
    for k in 0..<(lanes.memory.count * 8) {
      let (block, number, lane) = (k / 128, k / 8 % 16, k % 8)
      let sample = 8 * block + lane
      let expected = sample < m ? Float(data.states[16 * sample + number]) : 0
      #expect(pointer[16 * block + number][lane] == expected)
    }
  }

  /// Of every sample the weighted sum of its columns' squares is the diagonal that was given.
  @Test func eigenvectorsBeginABlockOfTheirOwn() throws {
    let (ranks, d) = ([1, 5, 16, 4, 9], 16)
    let data = try mixed(ranks: ranks, d)
    let lanes = try #require(data.lanes(SingleLane.self))
    let pointer: UnsafePointer<SingleLane> = lanes.pointer()
    #expect(lanes.firstBlock == [0, 1, 2, 4, 5, 7])
    for (sample, rank) in ranks.enumerated() {
      var diagonal = [Double](repeating: 0, count: d)
      for block in lanes.firstBlock[sample]..<lanes.firstBlock[sample + 1] {
        let own = data.firstBlock[sample] + 2 * (block - lanes.firstBlock[sample])
        for lane in 0..<8 where own + lane / 4 < data.firstBlock[sample + 1] {
          let weight = data.weights[own + lane / 4][lane % 4]
          for i in 0..<d {
            let (re, im) = (pointer[2 * (block * d + i)][lane], pointer[2 * (block * d + i) + 1][lane])
            diagonal[i] += weight * Double(re * re + im * im)
          }
        }
      }
      let sum = Double(rank * (rank + 1) / 2)
      for i in 0..<d { #expect(abs(diagonal[i] - (i < rank ? Double(i + 1) / sum : 0)) < 1e-6) }
    }
  }

  /// What a call leaves behind is what the next one reads: states
  /// exchanged there exchange their predictions.
  @Test func areMadeOnce() throws {
    var cases = RandomCases(seed: 1120)
    let circuit = try cases.circuit(qubits: 4, length: 12)
    let data = try pure(8, 4, &cases)
    let theta = try ParameterSets(cases.vector(circuit.parameterCount))
    let model = try Model(circuit: circuit, observables: [.pauli("ZXIY")], precision: .single)
    let double = try Model(circuit: circuit, observables: model.observables)
    let (before, doubles) = (try model.predict(theta, data), try double.predict(theta, data))
    let memory = try #require(data.lanes(SingleLane.self)).memory
    let lanes = UnsafeMutableRawPointer(memory.pointer).assumingMemoryBound(to: SingleLane.self)
    for k in 0..<32 {
      let old = lanes[k]
      for lane in 0..<8 { lanes[k][lane] = old[7 - lane] }
    }
    #expect(try model.predict(theta, data) == before.reversed())
    #expect(try double.predict(theta, data) == doubles)
    #expect(data.lanes(SingleLane.self)?.memory === memory)
    #expect(try data.selected([0, 1]).lanes(SingleLane.self)?.memory !== memory)
  }

  @Test func threadsShareWhatTheFirstMakes() throws {
    var cases = RandomCases(seed: 1121)
    let states = cases.pureStates(64, 64)
    let counts = try resultsByThreads([4]) {
      let data = try InputData(sampleCount: 64, states: states, stateKind: .pure, dimension: 64)
      let found = Mutex<Set<ObjectIdentifier>>([])
      ThreadPool.current.run(tasks: 64, workers: 4) { _, _ in
        guard let lanes = data.lanes(SingleLane.self) else { return }
        found.withLock { _ = $0.insert(ObjectIdentifier(lanes.memory)) }
      }
      return found.withLock(\.count)
    }
    #expect(counts == [1])
  }

  /// Samples in any order and number meet the same numbers as in theirs: from whole blocks or lane by lane.
  @Test func bitsDoNotDependOnTheOrder() throws {
    var cases = RandomCases(seed: 1122)
    let circuit = try cases.circuit(qubits: 5, length: 20)
    let data = try pure(21, 5, &cases)
    let theta = try ParameterSets(cases.vector(circuit.parameterCount))
    let model = try Model(circuit: circuit, observables: [.pauli("ZXIYI")], precision: .single)
    let all = try model.predict(theta, data)
    let rows = (0..<21).map { 8 * $0 % 21 }
    #expect(try model.predict(theta, data, rows: rows) == rows.map { all[$0] })
    #expect(try model.predict(theta, data.selected(rows)) == rows.map { all[$0] })
    #expect(try model.predict(theta, data, rows: Array(4..<20)) == Array(all[4..<20]))
  }

  @Test func countInTheEstimate() throws {
    var cases = RandomCases(seed: 1123)
    let circuit = try cases.circuit(qubits: 6, length: 40)
    for precision in Precision.allCases {
      let model = try Model(circuit: circuit, observables: [.pauli("ZXYZXY")], precision: precision)
      let with = try model.memoryEstimate(for: .jacobian, samples: 1001, hasStates: true)
      let without = try model.memoryEstimate(for: .jacobian, samples: 1001)
      // 126 blocks of 64 amplitudes, eight floats or doubles for each real and imaginary part.
      let wide = WorkspaceLayout.Caps().hasWideVectors ? 126 * 64 * 128 : 0
      #expect(with - without == (precision == .single ? 126 * 64 * 64 : wide))
    }
  }
}
