import TangentNumerics

/// Every named gate. The order is the numbering of the C interface and the file format: append, never reorder.
public enum Gate: String, Sendable, CaseIterable {
  case h, x, y, z, s, sdg, t, tdg, sx, cx, cy, cz, swap, iswap, ccx
  case rx, ry, rz, phase, crx, cry, crz, cp, rxx, ryy, rzz, u3
  case sxdg, iswapdg

  public var number: Int { Gate.allCases.firstIndex(of: self)! }

  public var definition: GateDefinition { GateDefinition.table[number] }
}

/// One row of the gate table: everything the library knows of a gate follows from it.
public struct GateDefinition: Sendable {
  public enum Form: Sendable {
    /// A fixed unitary, the first qubit on the most significant index.
    case fixed(ComplexMatrix, inverse: Gate)
    /// exp(-i angle |1..1><1..1| (x) sum coefficient P): projectors on the controls, Pauli letters on the other qubits.
    case evolution(generator: [(coefficient: Double, letters: String)])
    /// phase(b) ry(a) phase(c): the matrix [[cos a/2, -e^ic sin a/2], [e^ib sin a/2, e^i(b+c) cos a/2]].
    case u3
  }

  public let gate: Gate
  public let qubitCount: Int
  public let angleCount: Int
  /// The first qubits, on whose 1 the gate acts.
  public let controlCount: Int
  /// What is drawn on the other qubits.
  public let symbol: String
  /// One line, which ends with a full stop.
  public let help: String
  public let form: Form

  static let table: [GateDefinition] = Gate.allCases.map(row)

  static func fixed(
    _ gate: Gate, _ qubitCount: Int, controls: Int = 0, _ symbol: String, _ help: String,
    _ matrix: ComplexMatrix, inverse: Gate
  ) -> GateDefinition {
    GateDefinition(
      gate: gate, qubitCount: qubitCount, angleCount: 0, controlCount: controls, symbol: symbol, help: help,
      form: .fixed(matrix, inverse: inverse))
  }

  static func evolution(
    _ gate: Gate, controls: Int = 0, _ symbol: String, _ help: String,
    _ generator: (coefficient: Double, letters: String)...
  ) -> GateDefinition {
    GateDefinition(
      gate: gate, qubitCount: controls + generator[0].letters.count, angleCount: 1, controlCount: controls,
      symbol: symbol, help: help, form: .evolution(generator: generator))
  }

  private static func row(_ gate: Gate) -> GateDefinition {
    let half = 0.5.squareRoot()
    switch gate {
    case .h: return fixed(gate, 1, "H", "Hadamard.", real([half, half, half, -half]), inverse: gate)
    case .x: return fixed(gate, 1, "X", "Pauli X.", real([0, 1, 1, 0]), inverse: gate)
    case .y:
      let matrix = ComplexMatrix(rows: 2, columns: 2, re: [0, 0, 0, 0], im: [0, -1, 1, 0])
      return fixed(gate, 1, "Y", "Pauli Y.", matrix, inverse: gate)
    case .z: return fixed(gate, 1, "Z", "Pauli Z.", diagonal((1, 0), (-1, 0)), inverse: gate)
    case .s: return fixed(gate, 1, "S", "diag(1, i).", diagonal((1, 0), (0, 1)), inverse: .sdg)
    case .sdg: return fixed(gate, 1, "SDG", "diag(1, -i).", diagonal((1, 0), (0, -1)), inverse: .s)
    case .t:
      return fixed(gate, 1, "T", "diag(1, e^(i pi/4)).", diagonal((1, 0), (half, half)), inverse: .tdg)
    case .tdg:
      return fixed(gate, 1, "TDG", "diag(1, e^(-i pi/4)).", diagonal((1, 0), (half, -half)), inverse: .t)
    case .sx:
      let help = "The square root of X with eigenvalues 1 and i."
      return fixed(gate, 1, "SX", help, squareRootOfX(sign: 1), inverse: .sxdg)
    case .sxdg:
      let help = "The square root of X with eigenvalues 1 and -i, the inverse of sx."
      return fixed(gate, 1, "SXDG", help, squareRootOfX(sign: -1), inverse: .sx)
    case .cx:
      let matrix = real([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0])
      return fixed(gate, 2, controls: 1, "X", "Controlled X.", matrix, inverse: gate)
    case .cy:
      var matrix = real([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
      matrix[2, 3] = (0, -1)
      matrix[3, 2] = (0, 1)
      return fixed(gate, 2, controls: 1, "Y", "Controlled Y.", matrix, inverse: gate)
    case .cz:
      let matrix = diagonal((1, 0), (1, 0), (1, 0), (-1, 0))
      return fixed(gate, 2, controls: 1, "●", "Controlled Z.", matrix, inverse: gate)
    case .swap: return fixed(gate, 2, "x", "Exchanges two qubits.", swapMatrix((1, 0)), inverse: gate)
    case .iswap:
      let help = "Exchanges two qubits with a factor i: exp(i pi (XX + YY)/4)."
      return fixed(gate, 2, "ISWAP", help, swapMatrix((0, 1)), inverse: .iswapdg)
    case .iswapdg:
      let help = "Exchanges two qubits with a factor -i: exp(-i pi (XX + YY)/4), the inverse of iswap."
      return fixed(gate, 2, "ISWAPDG", help, swapMatrix((0, -1)), inverse: .iswap)
    case .ccx:
      var matrix = ComplexMatrix.identity(8)
      matrix[6, 6] = (0, 0)
      matrix[7, 7] = (0, 0)
      matrix[6, 7] = (1, 0)
      matrix[7, 6] = (1, 0)
      return fixed(gate, 3, controls: 2, "X", "X with two controls.", matrix, inverse: gate)
    case .rx: return evolution(gate, "RX", "exp(-i angle X/2).", (0.5, "X"))
    case .ry: return evolution(gate, "RY", "exp(-i angle Y/2).", (0.5, "Y"))
    case .rz: return evolution(gate, "RZ", "exp(-i angle Z/2).", (0.5, "Z"))
    // diag(1, e^i a) = exp(-i a (Z - 1)/2)
    case .phase: return evolution(gate, "PHASE", "diag(1, e^(i angle)).", (-0.5, "I"), (0.5, "Z"))
    case .crx: return evolution(gate, controls: 1, "RX", "Controlled rx.", (0.5, "X"))
    case .cry: return evolution(gate, controls: 1, "RY", "Controlled ry.", (0.5, "Y"))
    case .crz: return evolution(gate, controls: 1, "RZ", "Controlled rz.", (0.5, "Z"))
    case .cp:
      let help = "Controlled phase: diag(1, 1, 1, e^(i angle))."
      return evolution(gate, controls: 1, "P", help, (-0.5, "I"), (0.5, "Z"))
    case .rxx: return evolution(gate, "RXX", "exp(-i angle XX/2).", (0.5, "XX"))
    case .ryy: return evolution(gate, "RYY", "exp(-i angle YY/2).", (0.5, "YY"))
    case .rzz: return evolution(gate, "RZZ", "exp(-i angle ZZ/2).", (0.5, "ZZ"))
    case .u3:
      let help = "[[cos a/2, -e^(ic) sin a/2], [e^(ib) sin a/2, e^(i(b+c)) cos a/2]]."
      return GateDefinition(
        gate: gate, qubitCount: 1, angleCount: 3, controlCount: 0, symbol: "U3", help: help, form: .u3)
    }
  }
}

private func diagonal(_ entries: (re: Double, im: Double)...) -> ComplexMatrix {
  ComplexMatrix(diagonal: entries)
}

private func real(_ entries: [Double]) -> ComplexMatrix {
  let size = entries.count == 4 ? 2 : 4
  return ComplexMatrix(rows: size, columns: size, re: entries, im: entries.map { _ in 0 })
}

private func squareRootOfX(sign: Double) -> ComplexMatrix {
  ComplexMatrix(
    rows: 2, columns: 2, re: [0.5, 0.5, 0.5, 0.5], im: [0.5, -0.5, -0.5, 0.5].map { $0 * sign })
}

private func swapMatrix(_ exchange: (re: Double, im: Double)) -> ComplexMatrix {
  var result = ComplexMatrix(diagonal: [(1, 0), (0, 0), (0, 0), (1, 0)])
  result[1, 2] = exchange
  result[2, 1] = exchange
  return result
}
