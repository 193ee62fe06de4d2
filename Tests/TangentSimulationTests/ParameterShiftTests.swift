import Glibc
import TangentCircuits
import TangentNumerics
import TangentSimulation
import TestSupport
import Testing

/// The Jacobian against the generalised parameter-shift rule, which needs only predictions: an occurrence whose
/// generator has the eigenvalue gaps w_1..w_r gives f'(a) = sum_k c_k (f(a + s_k) - f(a - s_k)) with
/// sum_k 2 c_k sin(w_i s_k) = w_i (Wierichs et al., Quantum 6, 677, 2022).
@Suite struct ParameterShiftTests {
  @Test(arguments: Gate.allCases.filter { $0.definition.angleCount > 0 }) func everyParameterisedGate(
    gate: Gate
  ) throws {
    var cases = RandomCases(seed: 300 + UInt64(gate.number))
    var circuit = try cases.circuit(qubits: 3, length: 3, parameters: 3, features: 1)
    let angles = (0..<gate.definition.angleCount).map { _ in cases.angle(parameters: 3, features: 1) }
    try circuit.append(gate, qubits: cases.qubits(gate.definition.qubitCount, of: 3), angles: angles)
    try circuit.append(
      cases.circuit(qubits: 3, length: 3, parameters: 3, features: 1), sharingParameters: true)
    try compare(circuit, &cases)
  }

  /// Pauli rotations, dense generators and Pauli sums on some of the qubits, with shared parameters and features.
  @Test func generalGenerators() throws {
    var cases = RandomCases(seed: 340)
    var circuit = try cases.circuit(qubits: 3, length: 3, parameters: 3, features: 1)
    try circuit.appendRotation(cases.angle(parameters: 3, features: 1), pauli: "YZX", qubits: [2, 0, 1])
    try circuit.appendEvolution(
      Angle(terms: [.init(-1.5, .parameter(1)), .init(1, .parameterFeature(0, 0))]),
      generator: .hermitian(cases.hermitian(4)), qubits: [2, 0])
    try circuit.appendEvolution(.parameter(1), generator: cases.pauliSum(2, terms: 3), qubits: [1, 2])
    try circuit.appendEvolution(.parameter(2), generator: .projector("01"), qubits: [0, 1])
    try circuit.append(
      cases.circuit(qubits: 3, length: 3, parameters: 3, features: 1), sharingParameters: true)
    try compare(circuit, &cases)
  }

  @Test func encodingsBeforeAnAnsatz() throws {
    var cases = RandomCases(seed: 350)
    for encoding in try [
      Encoding.angle(qubitCount: 3), Encoding.angle(qubitCount: 3, rotation: .rx), Encoding.zz(qubitCount: 3),
    ] {
      var circuit = encoding
      try circuit.append(Ansatz.hardwareEfficient(qubitCount: 3, layers: 2))
      try compare(circuit, &cases)
    }
  }

  @Test func hamiltonianVariational() throws {
    var cases = RandomCases(seed: 360)
    let zz = try Observable.combination([.pauli("ZZI"), .pauli("IZZ")], coefficients: [1, 1])
    let x = try Observable.combination(
      [.pauli("XII"), .pauli("IXI"), .pauli("IIX")], coefficients: [1, 1, 1])
    let xz = try Observable.combination(
      [.pauli("XZI"), .pauli("IXX"), .pauli("IIZ")], coefficients: [0.5, -1, 0.7])
    try compare(Ansatz.hamiltonianVariational(terms: [zz, x, xz], layers: 2), &cases)
  }

  /// Pure and mixed states, two observables, and three parameter sets at once.
  private func compare(_ circuit: Circuit, _ cases: inout RandomCases) throws {
    let (m, k, sets, p, f) = (2, 2, 3, circuit.parameterCount, circuit.featureCount)
    let observables = try [cases.pauliSum(3, terms: 3), .hermitian(cases.hermitian(8))]
    let theta = try ParameterSets(values: cases.vector(sets * p), setCount: sets, parameterCount: p)
    let x = cases.vector(m * f)
    let rho = (0..<m).map { _ in cases.mixedState(8, rank: 3) }
    for (states, kind) in [
      (cases.pureStates(m, 8), InputData.StateKind.pure),
      (rho.flatMap { zip($0.re, $0.im).flatMap { [$0, $1] } }, .mixed),
    ] {
      let data = try InputData(
        sampleCount: m, features: x, featureCount: f, states: states, stateKind: kind, dimension: 8)
      let model = try Model(circuit: circuit, observables: observables)
      let jacobian = try model.jacobian(theta, data).jacobian
      var expected = [Double](repeating: 0, count: sets * m * k * p)
      for factor in DenseReference.factors(circuit, Array(theta.values[..<p]), Array(x[..<f])) {
        guard let generator = factor.generator, factor.angle.dependsOnParameters else { continue }
        let derivatives = try shiftRule(gaps(generator), count: sets * m * k) { shift in
          let shifted = try self.circuit(circuit, shifting: factor, by: shift)
          return try Model(circuit: shifted, observables: observables).predict(theta, data)
        }
        for (row, derivative) in derivatives.enumerated() {
          let sample = row / k % m
          for term in factor.angle.terms {
            switch term.factor {
            case .parameter(let l): expected[row * p + l] += term.coefficient * derivative
            case .parameterFeature(let l, let g):
              expected[row * p + l] += term.coefficient * x[sample * f + g] * derivative
            case .feature, .featureFeature: break
            }
          }
        }
      }
      #expect(jacobian.count == expected.count)
      for (a, b) in zip(jacobian, expected) { #expect(abs(a - b) < 1e-11, "\(circuit.drawing())") }
    }
  }

  /// The circuit with one occurrence's angle moved.
  private func circuit(_ circuit: Circuit, shifting factor: DenseReference.Factor, by shift: Double) throws
    -> Circuit
  {
    var result = try Circuit(qubitCount: circuit.qubitCount)
    for (k, instruction) in circuit.instructions.enumerated() {
      var angles = instruction.angles
      if k == factor.instruction { angles[factor.angleIndex].constant += shift }
      switch instruction.operation {
      case .gate(let gate): try result.append(gate, qubits: instruction.qubits, angles: angles)
      case .rotation(let letters):
        try result.appendRotation(angles[0], pauli: letters, qubits: instruction.qubits)
      case .evolution(let generator):
        try result.appendEvolution(angles[0], generator: generator, qubits: instruction.qubits)
      case .unitary(let matrix): try result.appendUnitary(matrix, qubits: instruction.qubits)
      case .channel(let channel): try result.appendChannel(channel, qubits: instruction.qubits)
      }
    }
    return result
  }

  private func gaps(_ generator: ComplexMatrix) throws -> [Double] {
    let values = try HermitianEigen(generator).values
    var result: [Double] = []
    for (k, a) in values.enumerated() {
      for b in values[..<k] where a - b > 1e-9 && !result.contains(where: { abs($0 - (a - b)) < 1e-9 }) {
        result.append(a - b)
      }
    }
    return result
  }

  /// The shifts are spread so that the sines stay well conditioned for any gaps.
  private func shiftRule(
    _ gaps: [Double], count: Int, _ f: (Double) throws -> [Double]
  ) throws -> [Double] {
    let r = gaps.count
    var sums = [Double](repeating: 0, count: count)
    guard r > 0 else { return sums }
    let largest = gaps.max()!
    let shifts = (0..<r).map {
      Double(2 * $0 + 1) * .pi / (2 * Double(r) * largest) * (r == 1 ? 1 : Double(r)) * 0.9
    }
    let rows = gaps.map { gap in shifts.map { 2 * sin(gap * $0) } + [gap] }
    let coefficients = solve(rows)
    for (c, s) in zip(coefficients, shifts) {
      let (up, down) = (try f(s), try f(-s))
      for row in sums.indices { sums[row] += c * (up[row] - down[row]) }
    }
    return sums
  }

  /// Gaussian elimination with pivoting on rows [A | b].
  private func solve(_ rows: [[Double]]) -> [Double] {
    var a = rows
    let n = a.count
    for k in 0..<n {
      let pivot = (k..<n).max { abs(a[$0][k]) < abs(a[$1][k]) }!
      a.swapAt(k, pivot)
      for i in 0..<n where i != k {
        let factor = a[i][k] / a[k][k]
        for j in k...n { a[i][j] -= factor * a[k][j] }
      }
    }
    return (0..<n).map { a[$0][n] / a[$0][$0] }
  }
}
