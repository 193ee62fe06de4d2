import TangentCircuits
import TangentNumerics

/// A circuit that is nearly all one kind of pass, the slots of a fused multiply-add that it needs, and how much of the
/// peak it is meant to reach.
struct PassCase {
  static let qubits = 8
  static let layers = 16
  /// How much faster a Jacobian shall be in single precision: twice the lanes, and what every call costs.
  static let singleGoal = 1.6

  let name: String
  /// Gates counted in a layer: costs are given by amplitude and gate.
  let gates: Int
  /// Slots an amplitude and layer: forwards, and backwards with psi stored.
  let forward: Double
  let backward: Double
  /// The part of the multiply-add peak that the pass shall reach.
  let goal: Double
  let append: (inout Circuit, inout Int) throws -> Void

  func circuit() throws -> Circuit {
    var circuit = try Circuit(qubitCount: PassCase.qubits)
    for qubit in 0..<PassCase.qubits { try circuit.append(.h, qubits: [qubit]) }
    var parameter = 0
    for _ in 0..<PassCase.layers { try append(&circuit, &parameter) }
    return circuit
  }

  /// sum_q Z_q Z_(q+1), which no light cone makes smaller.
  static func observable() throws -> Observable {
    let terms = try (0..<qubits).map { qubit in
      let letters = try PauliString("ZZ", qubits: [qubit, (qubit + 1) % qubits], register: qubits)
      return PauliTerm(1, letters)
    }
    return try .sum(of: terms, register: qubits)
  }

  static var all: [PassCase] {
    let n = Double(qubits)
    return [
      PassCase(
        name: "RY, RZ, CZ ring", gates: qubits, forward: 2 * n + 4, backward: 4 * n + 8, goal: 0.6
      ) {
        try rotate([.ry, .rz], &$0, &$1); try entangle(.cz, &$0)
      },
      PassCase(
        name: "RX, CZ ring", gates: qubits, forward: 2 * n + 4, backward: 4 * n + 4, goal: 0.6
      ) {
        try rotate([.rx], &$0, &$1); try entangle(.cz, &$0)
      },
      PassCase(
        name: "RY, RZZ ring", gates: qubits, forward: 2 * n + 4, backward: 4 * n + 6 + n, goal: 0.5
      ) { circuit, parameter in
        try rotate([.ry], &circuit, &parameter)
        for qubit in 0..<qubits {
          try circuit.append(.rzz, qubits: [qubit, (qubit + 1) % qubits], angles: [next(&parameter)])
        }
      },
      PassCase(name: "RY, CX ring", gates: qubits, forward: 2 * n, backward: 4 * n, goal: 0.5) {
        try rotate([.ry], &$0, &$1); try entangle(.cx, &$0)
      },
      PassCase(name: "rotations about XYZ", gates: qubits, forward: 2 * n, backward: 4 * n, goal: 0.3) {
        for qubit in 0..<qubits {
          let wires = (0..<3).map { (qubit + $0) % qubits }
          try $0.appendRotation(next(&$1), pauli: "XYZ", qubits: wires)
        }
      },
      PassCase(name: "controlled RY", gates: qubits, forward: 2 * n, backward: 3 * n, goal: 0.3) {
        for qubit in 0..<qubits {
          try $0.append(.cry, qubits: [qubit, (qubit + 1) % qubits], angles: [next(&$1)])
        }
      },
      dense(on: 2, goal: 0.5),
      dense(on: 4, goal: 0.6),
      dense(on: qubits, goal: 0.6),
    ]
  }

  /// A dense unitary and an RY to have a derivative, on other qubits in every layer so that none is idle.
  private static func dense(on count: Int, goal: Double) -> PassCase {
    let columns = Double(1 << count)
    return PassCase(
      name: "dense on \(count) qubits", gates: 1, forward: 4 * columns + 2, backward: 4 * columns + 4,
      goal: goal
    ) {
      let matrix = ComplexMatrix.haarUnitary(dimension: 1 << count, seed: UInt64($1))
      let wires = (0..<count).map { [first = $1] in (first + $0) % qubits }
      try $0.appendUnitary(matrix, qubits: wires)
      try $0.append(.ry, qubits: [wires[0]], angles: [next(&$1)])
    }
  }

  private static func next(_ parameter: inout Int) -> Angle {
    defer { parameter += 1 }
    return .parameter(parameter)
  }

  private static func rotate(_ gates: [Gate], _ circuit: inout Circuit, _ parameter: inout Int) throws {
    for qubit in 0..<qubits {
      for gate in gates { try circuit.append(gate, qubits: [qubit], angles: [next(&parameter)]) }
    }
  }

  private static func entangle(_ gate: Gate, _ circuit: inout Circuit) throws {
    for qubit in 0..<qubits { try circuit.append(gate, qubits: [qubit, (qubit + 1) % qubits]) }
  }
}
