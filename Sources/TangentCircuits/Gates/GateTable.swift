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
    /// exp(-i angle |1..1><1..1| (x) sum coefficient P): projectors on the first `controls` qubits, Pauli letters on the rest.
    case evolution(controls: Int, generator: [(coefficient: Double, letters: String)])
    /// phase(b) ry(a) phase(c): the matrix [[cos a/2, -e^ic sin a/2], [e^ib sin a/2, e^i(b+c) cos a/2]].
    case u3
  }

  public let gate: Gate
  public let qubitCount: Int
  public let angleCount: Int
  public let form: Form

  static let table: [GateDefinition] = Gate.allCases.map(row)

  static func fixed(_ gate: Gate, _ qubitCount: Int, _ matrix: ComplexMatrix, inverse: Gate) -> GateDefinition
  {
    GateDefinition(
      gate: gate, qubitCount: qubitCount, angleCount: 0, form: .fixed(matrix, inverse: inverse))
  }

  static func evolution(
    _ gate: Gate, controls: Int = 0, _ generator: (coefficient: Double, letters: String)...
  ) -> GateDefinition {
    GateDefinition(
      gate: gate, qubitCount: controls + generator[0].letters.count, angleCount: 1,
      form: .evolution(controls: controls, generator: generator))
  }

  private static func row(_ gate: Gate) -> GateDefinition {
    let half = 0.5.squareRoot()
    switch gate {
    case .h: return fixed(gate, 1, real([half, half, half, -half]), inverse: gate)
    case .x: return fixed(gate, 1, real([0, 1, 1, 0]), inverse: gate)
    case .y:
      return fixed(
        gate, 1, ComplexMatrix(rows: 2, columns: 2, re: [0, 0, 0, 0], im: [0, -1, 1, 0]), inverse: gate)
    case .z: return fixed(gate, 1, ComplexMatrix(diagonal: [(1, 0), (-1, 0)]), inverse: gate)
    case .s: return fixed(gate, 1, ComplexMatrix(diagonal: [(1, 0), (0, 1)]), inverse: .sdg)
    case .sdg: return fixed(gate, 1, ComplexMatrix(diagonal: [(1, 0), (0, -1)]), inverse: .s)
    case .t: return fixed(gate, 1, ComplexMatrix(diagonal: [(1, 0), (half, half)]), inverse: .tdg)
    case .tdg: return fixed(gate, 1, ComplexMatrix(diagonal: [(1, 0), (half, -half)]), inverse: .t)
    case .sx: return fixed(gate, 1, squareRootOfX(sign: 1), inverse: .sxdg)
    case .sxdg: return fixed(gate, 1, squareRootOfX(sign: -1), inverse: .sx)
    case .cx: return fixed(gate, 2, real([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0]), inverse: gate)
    case .cy:
      var matrix = real([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
      matrix[2, 3] = (0, -1)
      matrix[3, 2] = (0, 1)
      return fixed(gate, 2, matrix, inverse: gate)
    case .cz:
      return fixed(gate, 2, ComplexMatrix(diagonal: [(1, 0), (1, 0), (1, 0), (-1, 0)]), inverse: gate)
    case .swap: return fixed(gate, 2, swapMatrix((1, 0)), inverse: gate)
    case .iswap: return fixed(gate, 2, swapMatrix((0, 1)), inverse: .iswapdg)
    case .iswapdg: return fixed(gate, 2, swapMatrix((0, -1)), inverse: .iswap)
    case .ccx:
      var matrix = ComplexMatrix.identity(8)
      matrix[6, 6] = (0, 0)
      matrix[7, 7] = (0, 0)
      matrix[6, 7] = (1, 0)
      matrix[7, 6] = (1, 0)
      return fixed(gate, 3, matrix, inverse: gate)
    case .rx: return evolution(gate, (0.5, "X"))
    case .ry: return evolution(gate, (0.5, "Y"))
    case .rz: return evolution(gate, (0.5, "Z"))
    // diag(1, e^i a) = exp(-i a (Z - 1)/2)
    case .phase: return evolution(gate, (-0.5, "I"), (0.5, "Z"))
    case .crx: return evolution(gate, controls: 1, (0.5, "X"))
    case .cry: return evolution(gate, controls: 1, (0.5, "Y"))
    case .crz: return evolution(gate, controls: 1, (0.5, "Z"))
    case .cp: return evolution(gate, controls: 1, (-0.5, "I"), (0.5, "Z"))
    case .rxx: return evolution(gate, (0.5, "XX"))
    case .ryy: return evolution(gate, (0.5, "YY"))
    case .rzz: return evolution(gate, (0.5, "ZZ"))
    case .u3:
      return GateDefinition(gate: gate, qubitCount: 1, angleCount: 3, form: .u3)
    }
  }
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
