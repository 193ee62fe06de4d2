import Glibc
import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

/// Some of the samples are the samples that the chosen rows of the arrays make.
@Suite struct SelectionTests {
  private static let rows = [4, 0, 0, 6, 2, 5]

  private func gathered(_ values: [Double], of m: Int) -> [Double] {
    let size = values.count / m
    return SelectionTests.rows.flatMap { values[$0 * size..<($0 + 1) * size] }
  }

  private func compare(_ data: InputData) throws {
    let chosen = try data.selected(SelectionTests.rows)
    let expected = try InputData(
      sampleCount: SelectionTests.rows.count, features: gathered(data.features, of: data.sampleCount),
      featureCount: data.featureCount, states: gathered(data.states, of: data.sampleCount),
      stateKind: data.stateKind, dimension: data.dimension)
    #expect(chosen.sampleCount == expected.sampleCount)
    #expect(chosen.features == expected.features && chosen.states == expected.states)
    #expect(chosen.firstBlock == expected.firstBlock && chosen.weights == expected.weights)
    for (own, other) in [
      (chosen.lanes(Lane.self), expected.lanes(Lane.self)),
      (chosen.lanes(WideLane.self), expected.lanes(WideLane.self)),
      (chosen.lanes(SingleLane.self), expected.lanes(SingleLane.self)),
    ] {
      #expect(own?.memory.count == other?.memory.count && own?.firstBlock == other?.firstBlock)
      guard let own, let other else { continue }
      let bytes = own.memory.count * MemoryLayout<Lane>.stride
      #expect(memcmp(own.memory.pointer, other.memory.pointer, bytes) == 0)
    }
  }

  @Test func features() throws {
    var cases = RandomCases(seed: 1200)
    try compare(InputData(sampleCount: 7, features: cases.vector(21), featureCount: 3))
  }

  @Test func pureStates() throws {
    var cases = RandomCases(seed: 1201)
    try compare(
      InputData(
        sampleCount: 7, features: cases.vector(7), featureCount: 1, states: cases.pureStates(7, 8),
        stateKind: .pure, dimension: 8))
  }

  /// Of ranks 1 to 7, so that samples have one block or two.
  @Test func mixedStates() throws {
    var cases = RandomCases(seed: 1202)
    var states: [Double] = []
    for rank in 1...7 {
      let columns = cases.pureStates(rank, 8)
      for entry in 0..<64 {
        let (i, j) = (entry / 8, entry % 8)
        var (re, im) = (0.0, 0.0)
        for a in 0..<rank {
          let (ar, ai) = (columns[16 * a + 2 * i], columns[16 * a + 2 * i + 1])
          let (br, bi) = (columns[16 * a + 2 * j], columns[16 * a + 2 * j + 1])
          re += (ar * br + ai * bi) / Double(rank)
          im += (ai * br - ar * bi) / Double(rank)
        }
        states += [re, im]
      }
    }
    try compare(InputData(sampleCount: 7, states: states, stateKind: .mixed, dimension: 8))
  }

  @Test func rowsThatDoNotExist() throws {
    let data = try InputData(sampleCount: 3)
    for rows in [[], [3], [-1], [0, 7]] {
      let error = #expect(throws: TangentError.self) { try data.selected(rows) }
      #expect(error?.kind == .invalidArgument)
    }
  }
}

/// The fixed partition of a sum: every unit belongs to one task, and no two tasks to one buffer.
@Suite struct GradientChunkTests {
  @Test(arguments: [(1, 1), (1, 300), (3, 2), (2, 257), (5, 64), (7, 3)])
  func everyUnitHasOneTaskAndItsBuffers(sets: Int, samples: Int) throws {
    let theta = try ParameterSets(
      values: [Double](repeating: 0, count: sets), setCount: sets, parameterCount: 1)
    let data = try InputData(sampleCount: samples)
    for width in [1, 2, 4, 8] {
      for perSet in [1, 3, 64] {
        let schedule = Schedule(theta, data, rows: nil, statesPerUnit: width)
        let chunks = GradientChunks(schedule, perSet: perSet)
        var seen = [Int](repeating: 0, count: schedule.unitCount)
        var owners = [Set<Int>](repeating: [], count: chunks.bufferCount)
        var partial = [Double](repeating: 0, count: chunks.bufferCount)
        for task in 0..<chunks.taskCount {
          for unit in chunks.units(task) {
            seen[unit] += 1
            let items = schedule.items(unit)
            for lane in 0..<items.count {
              let buffer = chunks.buffer(unit: unit, lane: lane, items)
              owners[buffer].insert(task)
              partial[buffer] += Double(1 + items.samples[lane]) + 1000 * Double(items.sets[lane])
            }
          }
        }
        #expect(seen.allSatisfy { $0 == 1 })
        #expect(owners.allSatisfy { $0.count == 1 })
        // 1 + 2 + ... + m, and 1000 a sample for every set before.
        var sums = [Double](repeating: 0, count: sets)
        chunks.reduce(partial, parameterCount: 1, mean: false, into: &sums)
        let m = samples
        #expect(sums == (0..<sets).map { Double(m * (m + 1) / 2) + 1000 * Double($0 * m) })
      }
    }
  }
}
