import Glibc
import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@Suite struct EncodingTests {
  @Test(arguments: [Gate.rx, .ry, .rz, .phase]) func angle(gate: Gate) throws {
    let circuit = try Encoding.angle(qubitCount: 3, rotation: gate)
    let x = [0.3, -1.2, 2.5]
    #expect(circuit.featureCount == 3 && circuit.parameterCount == 0)
    let expected = try x.map { value in
      var one = try Circuit(qubitCount: 1)
      try one.append(gate, qubits: [0], angles: [Angle(constant: value)])
      return DenseReference.unitary(one, [])
    }.reduce(ComplexMatrix.identity(1)) { $0.kronecker($1) }
    #expect(distance(DenseReference.unitary(circuit, [], x), expected) < 1e-15)
  }

  /// (exp(i sum_i x_i (1 - Z_i) + i sum_i<j (pi - x_i)(pi - x_j)(1 - Z_i Z_j)) H)^repeats, which is diagonal times H.
  @Test(arguments: [1, 2, 3]) func zz(repeats: Int) throws {
    let n = 3
    let x = [0.3, -1.2, 2.5]
    let circuit = try Encoding.zz(qubitCount: n, repeats: repeats)
    #expect(circuit.featureCount == n && circuit.parameterCount == 0)
    let hadamard = (DenseReference.pauli("X") + DenseReference.pauli("Z")).scaled(by: 0.5.squareRoot())
    let mixing = (1...n).reduce(ComplexMatrix.identity(1)) { product, _ in product.kronecker(hadamard) }
    var phases = ComplexMatrix(rows: 8, columns: 8)
    for index in 0..<8 {
      let bits = (0..<n).map { Double(index >> (n - 1 - $0) & 1) }
      var angle = 0.0
      for i in 0..<n {
        angle += 2 * x[i] * bits[i]
        for j in (i + 1)..<n { angle += 2 * (.pi - x[i]) * (.pi - x[j]) * abs(bits[i] - bits[j]) }
      }
      phases[index, index] = (cos(angle), sin(angle))
    }
    let layer = DenseReference.product(phases, mixing)
    let expected = (0..<repeats).reduce(ComplexMatrix.identity(8)) { product, _ in
      DenseReference.product(layer, product)
    }
    #expect(distance(DenseReference.unitary(circuit, [], x), expected) < 1e-13)
  }

  @Test func circuitsOnOneQubit() throws {
    #expect(try Encoding.zz(qubitCount: 1).instructions.count == 4)
    #expect(try Encoding.angle(qubitCount: 1).instructions.count == 1)
  }

  @Test func amplitudesArePaddedAndNormalised() throws {
    let rows = [3, 4, 0, -1, 2, -2]
    let states = try Encoding.amplitude(rows.map(Double.init), rows: 2, columns: 3, qubitCount: 2)
    let expected = [0.6, 0.8, 0, 0, -1.0 / 3, 2.0 / 3, -2.0 / 3, 0]
    for (a, b) in zip(states.re, expected) { #expect(abs(a - b) < 1e-16) }
    #expect(states.im.allSatisfy { $0 == 0 })
  }

  /// Squares of such entries overflow or vanish.
  @Test(arguments: [1e200, 1e-200, .leastNonzeroMagnitude]) func amplitudesOfAnySize(unit: Double) throws {
    let states = try Encoding.amplitude([unit, unit], rows: 1, columns: 2, qubitCount: 1)
    for amplitude in states.re { #expect(abs(amplitude - 0.5.squareRoot()) < 1e-15) }
  }

  @Test func orthogonalHaarStates() throws {
    for m in [1, 3, 8] {
      let states = try Encoding.haarStates(qubitCount: 3, count: m, seed: 7)
      #expect(states.rows == m && states.columns == 8)
      #expect(distance(DenseReference.product(states, states.adjoint), .identity(m)) < 1e-14)
      #expect(states == (try Encoding.haarStates(qubitCount: 3, count: m, seed: 7)))
      #expect(distance(states, try Encoding.haarStates(qubitCount: 3, count: m, seed: 8)) > 0.1)
    }
  }

  /// Independent states: E |<a|b>|^2 = 1/d, E |<0|a>|^4 = 2/(d (d + 1)).
  @Test func independentHaarStates() throws {
    let (m, d) = (4000, 4)
    let states = try Encoding.haarStates(qubitCount: 2, count: m, orthogonal: false, seed: 7)
    func weight(_ row: Int, _ k: Int) -> Double {
      states[row, k].re * states[row, k].re + states[row, k].im * states[row, k].im
    }
    var (fourth, overlap) = (0.0, 0.0)
    for row in 0..<m {
      #expect(abs((0..<d).reduce(0) { $0 + weight(row, $1) } - 1) < 1e-14)
      fourth += weight(row, 0) * weight(row, 0) / Double(m)
      var (re, im) = (0.0, 0.0)
      for k in 0..<d {
        let (a, b) = (states[row, k], states[(row + 1) % m, k])
        re += a.re * b.re + a.im * b.im
        im += a.re * b.im - a.im * b.re
      }
      overlap += (re * re + im * im) / Double(m)
    }
    #expect(abs(fourth - 0.1) < 0.01)
    #expect(abs(overlap - 0.25) < 0.02)
    // A state does not depend on how many there are.
    let few = try Encoding.haarStates(qubitCount: 2, count: 2, orthogonal: false, seed: 7)
    #expect(few.re == Array(states.re[..<8]) && few.im == Array(states.im[..<8]))
  }

  @Test func badInputIsNamed() {
    expectInvalid("cx is not a one-qubit rotation", "ry") {
      _ = try Encoding.angle(qubitCount: 2, rotation: .cx)
    }
    expectInvalid("0 repeats", "at least 1") { _ = try Encoding.zz(qubitCount: 2, repeats: 0) }
    expectInvalid("row 1 is all zeros", "drop or shift") {
      _ = try Encoding.amplitude([1, 0, 0, 0], rows: 2, columns: 2, qubitCount: 1)
    }
    for bad in [Double.nan, .infinity] {
      expectInvalid("row 0 has entries that are NaN or infinite") {
        _ = try Encoding.amplitude([1, bad], rows: 1, columns: 2, qubitCount: 1)
      }
    }
    expectInvalid("3 columns do not fit the 2 amplitudes of 1 qubits") {
      _ = try Encoding.amplitude([1, 2, 3], rows: 1, columns: 3, qubitCount: 1)
    }
    expectInvalid("3 numbers for 2 rows of 2") {
      _ = try Encoding.amplitude([1, 2, 3], rows: 2, columns: 2, qubitCount: 1)
    }
    for n in [0, 31, .max] {
      expectInvalid("\(n) qubits", "between 1 and 30") {
        _ = try Encoding.amplitude([1], rows: 1, columns: 1, qubitCount: n)
      }
      expectInvalid("\(n) qubits", "between 1 and 30") {
        _ = try Encoding.haarStates(qubitCount: n, count: 1)
      }
    }
    expectInvalid("5 states", "between 1 and 4 are mutually orthogonal") {
      _ = try Encoding.haarStates(qubitCount: 2, count: 5)
    }
    expectInvalid("64 GB") { _ = try Encoding.haarStates(qubitCount: 30, count: 100, orthogonal: false) }
  }
}
