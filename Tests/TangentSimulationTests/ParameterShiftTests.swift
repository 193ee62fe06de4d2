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

  private func compare(_ circuit: Circuit, _ cases: inout RandomCases) throws {
    let observable = try cases.pauliSum(3, terms: 3)
    let theta = cases.vector(circuit.parameterCount)
    let x = cases.vector(circuit.featureCount)
    let data = try InputData(
      sampleCount: 1, features: x, featureCount: x.count, states: cases.pureStates(1, 8), stateKind: .pure,
      dimension: 8)
    let jacobian = try Model(circuit: circuit, observables: [observable]).jacobian(ParameterSets(theta), data)
      .jacobian
    var expected = theta.map { _ in 0.0 }
    for factor in DenseReference.factors(circuit, theta, x) {
      guard let generator = factor.generator, factor.angle.dependsOnParameters else { continue }
      let derivative = try shiftRule(gaps(generator)) { shift in
        let shifted = try self.circuit(circuit, shifting: factor, by: shift)
        return try Model(circuit: shifted, observables: [observable]).predict(ParameterSets(theta), data)[0]
      }
      for term in factor.angle.terms {
        switch term.factor {
        case .parameter(let p): expected[p] += term.coefficient * derivative
        case .parameterFeature(let p, let f): expected[p] += term.coefficient * x[f] * derivative
        case .feature, .featureFeature: break
        }
      }
    }
    for (a, b) in zip(jacobian, expected) { #expect(abs(a - b) < 1e-11, "\(circuit.drawing())") }
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
  private func shiftRule(_ gaps: [Double], _ f: (Double) throws -> Double) throws -> Double {
    let r = gaps.count
    guard r > 0 else { return 0 }
    let largest = gaps.max()!
    let shifts = (0..<r).map {
      Double(2 * $0 + 1) * .pi / (2 * Double(r) * largest) * (r == 1 ? 1 : Double(r)) * 0.9
    }
    let rows = gaps.map { gap in shifts.map { 2 * sin(gap * $0) } + [gap] }
    let coefficients = solve(rows)
    var sum = 0.0
    for (c, s) in zip(coefficients, shifts) { sum += c * (try f(s) - f(-s)) }
    return sum
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
