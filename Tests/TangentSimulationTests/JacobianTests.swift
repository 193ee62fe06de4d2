import TangentCircuits
import TangentNumerics
import TangentSimulation
import TestSupport
import Testing

/// Predictions and Jacobians against plain matrices.
@Suite struct JacobianTests {
  /// Every gate of the table between mixing layers, so that each derivative is generic.
  @Test(arguments: Gate.allCases) func everyGate(gate: Gate) throws {
    var cases = RandomCases(seed: UInt64(gate.number))
    for features in [0, 2] {
      var circuit = try cases.circuit(qubits: 4, length: 4, features: features)
      let angles = (0..<gate.definition.angleCount).map { _ in cases.angle(parameters: 5, features: features)
      }
      try circuit.append(gate, qubits: cases.qubits(gate.definition.qubitCount, of: 4), angles: angles)
      try circuit.append(cases.circuit(qubits: 4, length: 4, features: features), sharingParameters: true)
      try compare(circuit, observables: [cases.pauliSum(4, terms: 3)], samples: 3, &cases)
    }
  }

  @Test(arguments: 1...5) func randomCircuits(n: Int) throws {
    var cases = RandomCases(seed: 100 + UInt64(n))
    for features in [0, 3] {
      let circuit = try cases.circuit(qubits: n, length: 25, parameters: 7, features: features)
      let observables = try [
        cases.pauliSum(n, terms: 4), Observable.hermitian(cases.hermitian(1 << n)),
        Observable.projector(String(repeating: "1", count: n)),
        Observable.pauli("Z" + String(repeating: "I", count: n - 1)),
      ]
      try compare(circuit, observables: observables, samples: 6, &cases)
    }
  }

  @Test func diagonalObservableSkipsTrailingPhases() throws {
    var cases = RandomCases(seed: 7)
    var circuit = try cases.circuit(qubits: 3, length: 12)
    for q in 0..<3 { try circuit.append(.rz, qubits: [q], angles: [.parameter(q)]) }
    try circuit.append(.cz, qubits: [0, 2])
    try compare(circuit, observables: [.pauli("ZIZ")], samples: 5, &cases)
  }

  @Test(arguments: [1, 3, 4]) func mixedStates(rank: Int) throws {
    var cases = RandomCases(seed: 20 + UInt64(rank))
    let circuit = try cases.circuit(qubits: 2, length: 12, features: 1)
    let observables = try [cases.pauliSum(2, terms: 3), cases.pauliSum(2, terms: 2)]
    let rhos = (0..<3).map { _ in cases.mixedState(4, rank: rank) }
    let x = cases.vector(3)
    let theta = cases.vector(5)
    let data = try InputData(
      sampleCount: 3, features: x, featureCount: 1,
      states: rhos.flatMap { rho in (0..<16).flatMap { [rho.re[$0], rho.im[$0]] } }, stateKind: .mixed,
      dimension: 4)
    let model = try Model(circuit: circuit, observables: observables, scale: 1.7)
    let result = try model.jacobian(ParameterSets(theta), data)
    for (j, rho) in rhos.enumerated() {
      let expected = try mixture(rho) {
        DenseReference.predictionsAndGradients(
          circuit, observables.map(DenseReference.operatorMatrix), theta: theta, x: [x[j]], psi: $0)
      }
      for a in 0..<2 {
        #expect(abs(result.predictions[2 * j + a] - 1.7 * expected[a][0]) < 1e-11)
        for q in 0..<5 {
          #expect(abs(result.jacobian[(2 * j + a) * 5 + q] - 1.7 * expected[a][q + 1]) < 1e-11)
        }
      }
    }
  }

  /// Linear in rho: polarise it into pure states, rho = sum_ij rho_ij |i><j|, with |i><j| from four of them.
  private func mixture(
    _ rho: ComplexMatrix,
    _ evaluate: (ComplexMatrix) throws -> [(
      prediction: Double, gradient: [Double], featureGradient: [Double]
    )]
  ) throws -> [[Double]] {
    let d = rho.rows
    var sums: [[Double]] = []
    func add(_ weight: Double, _ entries: [(Int, Double, Double)]) throws {
      var psi = ComplexMatrix(rows: d, columns: 1)
      for (row, re, im) in entries { psi[row, 0] = (re, im) }
      let values = try evaluate(psi).map { [$0.prediction] + $0.gradient }
      if sums.isEmpty { sums = values.map { $0.map { _ in 0 } } }
      for a in values.indices { for q in values[a].indices { sums[a][q] += weight * values[a][q] } }
    }
    for i in 0..<d {
      try add(rho[i, i].re, [(i, 1, 0)])
      for j in 0..<i {
        // rho_ij |i><j| + h.c. = Re rho_ij (|+><+| - |-><-|)/2 + Im rho_ij (|i'><i'| - ...)/2 with |+-> = |i> +- |j>.
        try add(rho[i, j].re / 2, [(i, 1, 0), (j, 1, 0)])
        try add(-rho[i, j].re / 2, [(i, 1, 0), (j, -1, 0)])
        try add(rho[i, j].im / 2, [(i, 0, 1), (j, 1, 0)])
        try add(-rho[i, j].im / 2, [(i, 0, -1), (j, 1, 0)])
      }
    }
    return sums
  }

  private func compare(
    _ circuit: Circuit, observables: [Observable], samples m: Int, _ cases: inout RandomCases
  ) throws {
    let (d, p, k) = (1 << circuit.qubitCount, circuit.parameterCount, observables.count)
    let states = cases.pureStates(m, d)
    let x = cases.vector(m * circuit.featureCount)
    // Three parameter sets: with few samples the lanes hold pairs of set and sample.
    let theta = cases.vector(3 * p)
    let data = try InputData(
      sampleCount: m, features: x, featureCount: circuit.featureCount, states: states, stateKind: .pure,
      dimension: d)
    let model = try Model(circuit: circuit, observables: observables, scale: 0.8)
    let result = try model.jacobian(ParameterSets(values: theta, setCount: 3, parameterCount: p), data)
    let matrices = observables.map(DenseReference.operatorMatrix)
    var worst = 0.0
    for set in 0..<3 {
      for j in 0..<m {
        let expected = DenseReference.predictionsAndGradients(
          circuit, matrices, theta: Array(theta[(set * p)..<((set + 1) * p)]),
          x: Array(x[(j * circuit.featureCount)..<((j + 1) * circuit.featureCount)]),
          psi: column(states[(2 * d * j)..<(2 * d * (j + 1))]))
        for a in 0..<k {
          let row = (set * m + j) * k + a
          worst = max(worst, abs(result.predictions[row] - 0.8 * expected[a].prediction))
          for q in 0..<p {
            worst = max(worst, abs(result.jacobian[row * p + q] - 0.8 * expected[a].gradient[q]))
          }
        }
      }
    }
    #expect(worst < 1e-11, "\(circuit.drawing())")
  }

  private func column(_ v: ArraySlice<Double>) -> ComplexMatrix {
    let v = Array(v)
    let d = v.count / 2
    return ComplexMatrix(
      rows: d, columns: 1, re: (0..<d).map { v[2 * $0] }, im: (0..<d).map { v[2 * $0 + 1] })
  }
}
