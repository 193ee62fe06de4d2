import TangentCircuits
import TangentNumerics

/// One gate as it acts on Pauli strings that come from behind.
enum BackwardStep: Sendable {
  case clifford(CliffordGate)
  /// A rotation by a parameter of its own, exp(-i phi P/2): `square` is (d phi/d theta)^2.
  case parameter(PauliString, square: Double)
  /// A rotation by an angle of each sample, or one for all: cosine and sine.
  case turn(PauliString, [(cosine: Double, sine: Double)])
}

/// A circuit as averages over its parameters see it: every parameter in one Pauli rotation, every fixed gate Clifford
/// or a Pauli rotation.
struct BackwardCircuit: Sendable {
  /// From the last gate to the first.
  private(set) var steps: [BackwardStep] = []
  /// One-qubit gates before all others, on |0...0>, as the product states that they make of it.
  let inputs: [ProductState]?

  /// - Parameter features: one row for each sample.
  /// - Throws: `invalidArgument` naming gate and remedy: a parameter in several gates, beside another or a feature in
  ///   one angle, or in a gate that is no Pauli rotation; a fixed gate that is not Clifford.
  init(_ circuit: Circuit, features: [[Double]], hasStates: Bool) throws(TangentError) {
    var operations: [(instruction: Instruction, operation: ElementaryOperation)] = []
    for instruction in circuit.effectiveInstructions {
      operations += instruction.elementaryOperations(register: circuit.qubitCount).map { (instruction, $0) }
    }
    var first = 0
    if hasStates {
      inputs = nil
    } else {
      var products = [ProductState](
        repeating: ProductState(qubitCount: circuit.qubitCount), count: features.count)
      while first < operations.count, ProductState.takes(operations[first].operation) {
        for sample in features.indices {
          products[sample].apply(operations[first].operation, features[sample], register: circuit.qubitCount)
        }
        first += 1
      }
      inputs = products
    }
    var owners: [Int: String] = [:]
    for (instruction, operation) in operations[first...].reversed() {
      let place =
        "\(instruction.name) on qubits \(instruction.qubits.map(String.init).joined(separator: ", "))"
      if let step = try BackwardCircuit.step(operation, place, features, &owners, circuit) {
        steps.append(step)
      }
    }
  }

  private static func step(
    _ operation: ElementaryOperation, _ place: String, _ features: [[Double]], _ owners: inout [Int: String],
    _ circuit: Circuit
  ) throws(TangentError) -> BackwardStep? {
    switch operation {
    case .fixed(let matrix, let qubits):
      guard let gate = try CliffordGate(matrix, qubits: qubits, register: circuit.qubitCount) else {
        throw .invalid(
          "\(place) is not a Clifford gate; averages over parameters need Clifford gates and rotations")
      }
      return .clifford(gate)
    case .channel:
      throw .invalid(
        "\(place) is a channel; averages over parameters are those of circuits without, take the mean of tangent kernels over drawn parameters instead"
      )
    case .evolution(let generator, let angle):
      guard let (string, factor) = singleString(generator) else {
        throw .invalid(
          "\(place) is no rotation about one Pauli string; averages over parameters need those and Clifford gates"
        )
      }
      guard let only = angle.terms.first(where: { $0.factor.parameterIndex != nil }) else {
        if string == .identity { return nil }
        return .turn(
          string, features.map { direction(2 * factor * angle.value(parameters: [], features: $0)) })
      }
      guard angle.terms.count == 1, case .parameter(let parameter) = only.factor else {
        throw .invalid(
          "the angle of \(place) holds more than one parameter and a constant; averages need each parameter alone in the angle of one gate, a feature beside it in a gate of its own"
        )
      }
      if let other = owners[parameter] {
        throw .invalid(
          "parameter \(circuit.parameterNames[parameter]) is shared by \(place) and \(other); averages need each parameter in "
            + "one gate, take the mean of tangent kernels over drawn parameters instead")
      }
      owners[parameter] = place
      let slope = 2 * factor * only.coefficient
      return string == .identity || slope == 0 ? nil : .parameter(string, square: slope * slope)
    }
  }

  /// P and c of a generator c P, global phases left out.
  private static func singleString(_ generator: Generator) -> (PauliString, Double)? {
    guard case .paulis(let terms, controls: 0) = generator else { return nil }
    let turning = terms.filter { $0.string != .identity && $0.coefficient != 0 }
    guard turning.count <= 1 else { return nil }
    return turning.first.map { ($0.string, $0.coefficient) } ?? (.identity, 0)
  }
}

/// Cosine and sine, 0 where they are so but for rounding: a quarter turn makes one string of one.
func direction(_ angle: Double) -> (cosine: Double, sine: Double) {
  let (cosine, sine) = (cos(angle), sin(angle))
  return (abs(cosine) < 1e-15 ? 0 : cosine, abs(sine) < 1e-15 ? 0 : sine)
}
