import TangentCircuits
import TangentNumerics
import Testing

@testable import TangentSimulation

@Suite struct StageSchedulerTests {
  private struct Rotation {
    let string: PauliString
    let parameter: Int
  }

  /// Random Pauli rotations of at most three qubits, numbered by their parameters.
  private func rotations(_ n: Int, _ count: Int, seed: Int) throws -> (
    operations: [ElementaryOperation], strings: [PauliString]
  ) {
    var random = Philox(seed: UInt64(seed), stream: 17)
    var circuit = try Circuit(qubitCount: n)
    for parameter in 0..<count {
      var qubits: [Int] = []
      for _ in 0..<3 {
        let qubit = Int(random.uniform() * Double(n))
        if !qubits.contains(qubit) { qubits.append(qubit) }
      }
      let letters = String(qubits.map { _ in Array("XYZ")[Int(random.uniform() * 3)] })
      try circuit.appendRotation(.parameter(parameter), pauli: letters, qubits: qubits)
    }
    let operations = circuit.elementaryOperations
    return (operations, try operations.map { try #require(rotation($0)).string })
  }

  private func rotation(_ operation: ElementaryOperation) -> Rotation? {
    guard case .evolution(.paulis(let terms, _), let angle) = operation,
      let parameter = angle.terms.first?.factor.parameterIndex
    else { return nil }
    return Rotation(string: terms[0].string, parameter: parameter)
  }

  /// All operations come once; what does not commute keeps its order; a stage mixes no more than its tile, which fits;
  /// and amplitudes outside the support are zero, since nothing has mixed their bits.
  @Test(arguments: 0..<12)
  func stagesAreTheCircuit(_ seed: Int) throws {
    let n = 8 + seed % 4
    let (operations, strings) = try rotations(n, 60, seed: seed)
    let start = seed % 2 == 0 ? 0 : (1 << n) - 1
    let scheduler = StageScheduler(register: n, tileBits: 6, support: start)
    let stages = try #require(scheduler.stages(operations))
    // A state that is one tile may be one stage, whose lanes are mixed as well.
    let lanes = n == 8 && stages.count == 1 ? 0b11 : 0
    if lanes != 0 { #expect(stages[0].tile == 0b1111_1100) }
    var order: [Int] = []
    var support = start
    for stage in stages {
      #expect(stage.tile.nonzeroBitCount <= scheduler.capacity && scheduler.capacity <= 6)
      #expect(stage.support.before == support)
      for operation in stage.operations {
        let one = try #require(rotation(operation))
        #expect(Int(one.string.x) & ~(stage.tile | lanes) == 0)
        support |= Int(one.string.x)
        order.append(one.parameter)
      }
      #expect(stage.support.after == support)
    }
    #expect(order.sorted() == Array(0..<60))
    for (place, second) in order.enumerated() {
      for first in order[..<place] where first > second {
        let (a, b) = (strings[first], strings[second])
        let crossings = (a.x & b.z).nonzeroBitCount + (a.z & b.x).nonzeroBitCount
        #expect(crossings % 2 == 0, "\(first) and \(second) have changed places")
      }
    }
  }

  @Test func refusesWhatMixesMoreThanATileHolds() throws {
    var circuit = try Circuit(qubitCount: 9)
    try circuit.appendRotation(.parameter(0), pauli: "XXXXX", qubits: [0, 2, 4, 6, 8])
    #expect(StageScheduler(register: 9, tileBits: 6, support: 0).stages(circuit.elementaryOperations) == nil)
    #expect(StageScheduler(register: 9, tileBits: 7, support: 0).stages(circuit.elementaryOperations) != nil)
  }
}
