import TangentCircuits
import TangentNumerics

/// What is averaged: a circuit, a sum of Pauli strings, and samples.
public struct AverageProblem: Sendable {
  let steps: [BackwardStep]
  let terms: [PauliTerm]
  private let inputs: [ProductState]?
  private let states: [DenseInput]

  /// - Parameters:
  ///   - features: one row for each sample.
  ///   - states: pure input states of 2^n amplitudes, or none for |0...0>.
  /// - Throws: `invalidArgument` naming the gate, parameter or observable that averages do not take.
  public init(
    _ circuit: Circuit, _ observable: Observable, scale: Double, features: [[Double]], states: [[Double]]
  ) throws(TangentError) {
    guard observable.dense == nil, observable.projectors.isEmpty else {
      throw .invalid("the observable is no sum of Pauli strings; averages over parameters need one")
    }
    for row in features where row.count < circuit.featureCount {
      throw .invalid("the data have \(row.count) features, the circuit uses \(circuit.featureCount)")
    }
    for state in states where state.count != 2 << circuit.qubitCount {
      throw .invalid(
        "the states have dimension \(state.count / 2), a circuit of \(circuit.qubitCount) qubits needs another"
      )
    }
    guard observable.qubitCount == circuit.qubitCount else {
      throw .invalid(
        "the observable acts on \(observable.qubitCount) qubits, the circuit has \(circuit.qubitCount)")
    }
    terms = observable.paulis.map { PauliTerm(scale * $0.coefficient, $0.string) }
    let backward = try BackwardCircuit(circuit, features: features, hasStates: !states.isEmpty)
    (steps, inputs) = (backward.steps, backward.inputs)
    self.states = states.map(DenseInput.init)
  }

  public var sampleCount: Int { inputs?.count ?? states.count }

  /// c_Q c_Q' of every pair of terms.
  var pairs: [PauliTable<StringPair>.Entry] {
    terms.flatMap { a in
      terms.map { b in
        .init(
          key: StringPair(first: a.string, second: b.string), weight: a.coefficient * b.coefficient, kernel: 0
        )
      }
    }
  }

  /// tr(A rho_j)
  func expectation(_ string: PauliString, _ sample: Int) -> Double {
    inputs?[sample].expectation(string) ?? states[sample].expectation(string)
  }

  /// E yhat_j: what never meets a parameter that turns it.
  func mean(sample: Int, _ maximumStrings: Int, _ cancel: CancelToken?) throws(TangentError) -> Double {
    var table = PauliTable<PauliString>(
      terms.map { .init(key: $0.string, weight: $0.coefficient, kernel: 0) })
    for step in steps {
      try cancel?.check()
      table.pass(step, sample: sample)
      try require(table.entries.count, atMost: maximumStrings)
    }
    return table.entries.reduce(0) { $0 + $1.weight * expectation($1.key, sample) }
  }

  func require(_ strings: Int, atMost maximum: Int) throws(TangentError) {
    guard strings <= maximum else {
      throw .invalid(
        "the table has grown beyond \(maximum) pairs of Pauli strings; allow more or take random walks"
      )
    }
  }
}

/// A pure state by its amplitudes, re and im in turn.
private struct DenseInput: Sendable {
  let amplitudes: [Double]

  /// <psi|A|psi>
  func expectation(_ string: PauliString) -> Double {
    var sum = 0.0
    for column in 0..<amplitudes.count / 2 {
      let row = column ^ Int(string.x)
      let (a, b) = (amplitudes[2 * row], amplitudes[2 * row + 1])
      let (u, v) = (amplitudes[2 * column], amplitudes[2 * column + 1])
      // conj(a + ib) (u + iv) i^power, its real part.
      let (re, im) = (a * u + b * v, a * v - b * u)
      switch string.phasePower(column: UInt64(column)) {
      case 0: sum += re
      case 1: sum -= im
      case 2: sum -= re
      default: sum += im
      }
    }
    return sum
  }
}
