import TangentNumerics

/// The part of a circuit that the expectation values of some observables depend on.
public struct LightCone: Sendable {
  /// The circuit on all its qubits without the gates outside the cone, or as it was if there are none.
  /// Parameters and features keep their indices and numbers.
  public let circuit: Circuit
  /// Whether `circuit` has lost gates.
  public let isPruned: Bool
  /// The qubits of the cone, at least one; nothing that matters happens on the others.
  public let qubits: [Int]

  /// The circuit on the cone's qubits alone: enough where the others start in a product with them, as |0...0> does.
  public var restrictedCircuit: Circuit {
    var labels = [Int](repeating: -1, count: circuit.qubitCount)
    for (label, qubit) in qubits.enumerated() { labels[qubit] = label }
    return Circuit(
      qubitCount: qubits.count,
      instructions: circuit.effectiveInstructions.flatMap(\.factors).map { $0.relabelled(labels) },
      parameterCount: circuit.parameterCount, featureCount: circuit.featureCount)
  }

  /// One of the observables on the cone's qubits alone; it is the identity on the others.
  public func restricted(_ observable: Observable) -> Observable {
    observable.restricted(to: mask)
  }

  private var mask: QubitMask { Bits.mask(ofQubits: qubits, register: circuit.qubitCount) }
}

extension Circuit {
  /// Takes the gates that commute with the observables, evolved so far, off the end of the circuit.
  public func lightCone(of observables: [Observable]) -> LightCone {
    var evolved = EvolvedObservables(observables)
    var kept: [Instruction] = []
    var isPruned = false
    for factor in effectiveInstructions.flatMap(\.factors).reversed() {
      // A factor is one elementary operation.
      let action = factor.elementaryOperations(register: qubitCount)[0].action(register: qubitCount)
      if evolved.commute(with: action) {
        isPruned = true
      } else if let narrow = factor.channel(on: evolved.support, register: qubitCount) {
        kept.append(narrow)
        if narrow.qubits.count < factor.qubits.count { isPruned = true }
        evolved.evolve(
          by: narrow.elementaryOperations(register: qubitCount)[0].action(register: qubitCount))
      } else {
        evolved.evolve(by: action)
        kept.append(factor)
      }
    }
    let reached = evolved.support == 0 ? 1 << QubitMask(qubitCount - 1) : evolved.support
    return LightCone(
      circuit: isPruned
        ? Circuit(
          qubitCount: qubitCount, instructions: kept.reversed(), parameterCount: parameterCount,
          featureCount: featureCount)
        : self,
      isPruned: isPruned, qubits: Bits.qubits(of: reached, register: qubitCount))
  }
}

/// Where a gate G acts, as masks over the basis index.
private struct Action {
  var touched: QubitMask = 0
  /// The qubits on which it need not commute with Z, some of `touched`.
  var mixing: QubitMask = 0
  /// Whether G D G^dagger is diagonal for every diagonal D on its qubits: a permutation of basis states with phases.
  var isMonomial = false
}

/// What is known of every observable O in the Heisenberg picture: it is the identity outside `support` and commutes
/// with Z on all qubits outside `mixed`, which is part of the support.
private struct EvolvedObservables {
  private(set) var support: QubitMask = 0
  private var mixed: QubitMask = 0

  init(_ observables: [Observable]) {
    for observable in observables {
      support |= observable.support
      mixed |= observable.paulis.reduce(0) { $0 | $1.string.x }
      mixed |= observable.dense?.mixedBits ?? 0
    }
  }

  /// Let A be the touched qubits in the support. If G commutes with Z on all of A, it is sum_b |b><b|_A (x) V_b with
  /// V_b outside the support; O commutes with the V_b, and with |b><b|_A if it commutes with Z on all of A too. Then
  /// G^dagger O G = O for every angle, and the derivative is zero. With A empty this is the gate that O never meets.
  func commute(with gate: Action) -> Bool { gate.touched & support & (mixed | gate.mixing) == 0 }

  /// O <- G^dagger O G. Where O and G commute with Z, so does the product. A monomial G turns every diagonal D on its
  /// qubits into a diagonal G D G^dagger; if O commutes with all of those, the new O commutes with all D.
  mutating func evolve(by gate: Action) {
    if !gate.isMonomial || gate.touched & mixed != 0 { mixed |= gate.mixing }
    support |= gate.touched
  }
}

extension Instruction {
  /// A mixture of Pauli strings, as far as observables on the bits of `support` see it: it makes them act on no others.
  /// Nil for everything else.
  fileprivate func channel(on support: QubitMask, register n: Int) -> Instruction? {
    guard case .channel(let channel) = operation else { return nil }
    let met = qubits.indices.filter { support >> QubitMask(n - 1 - qubits[$0]) & 1 == 1 }
    return channel.restricted(to: met).map {
      Instruction(operation: .channel($0), qubits: met.map { qubits[$0] }, angles: angles)
    }
  }
}

extension ElementaryOperation {
  fileprivate func action(register n: Int) -> Action {
    func spread(_ bits: QubitMask, _ qubits: [Int]) -> QubitMask {
      Bits.spread(bits, to: qubits.map { n - 1 - $0 })
    }
    switch self {
    case .fixed(let matrix, let qubits):
      return Action(
        touched: spread(.max, qubits), mixing: spread(matrix.mixedBits, qubits),
        isMonomial: Monomial(matrix) != nil)
    // What commutes with all Kraus operators stays as it is, and a diagonal D stays diagonal in K^dagger D K where the
    // rows of K have one entry.
    case .channel(let channel, let qubits, _):
      switch channel.form {
      case .depolarizing:
        return Action(touched: spread(.max, qubits), mixing: spread(.max, qubits), isMonomial: true)
      case .pauli(let terms):
        return terms.reduce(into: Action(isMonomial: true)) {
          $0.touched |= spread($1.string.support, qubits)
          $0.mixing |= spread($1.string.x, qubits)
        }
      case .kraus(let operators):
        return Action(
          touched: spread(.max, qubits),
          mixing: spread(operators.reduce(0) { $0 | $1.mixedBits }, qubits),
          isMonomial: operators.allSatisfy(\.hasOneEntryARow))
      }
    // What commutes with the generator commutes with its exponential.
    case .evolution(.dense(let matrix, let qubits), _):
      return Action(touched: spread(.max, qubits), mixing: spread(matrix.mixedBits, qubits))
    case .evolution(.paulis(let terms, let controls), _):
      return terms.reduce(into: Action(touched: controls)) {
        $0.touched |= $1.string.support
        $0.mixing |= $1.string.x
      }
    }
  }
}

extension ComplexMatrix {
  /// At most one.
  fileprivate var hasOneEntryARow: Bool {
    (0..<rows).allSatisfy { row in (0..<columns).count { self[row, $0] != (0, 0) } <= 1 }
  }

  /// The bits of the basis index in which a row and a column with a non-zero entry differ; on the others the matrix
  /// is block-diagonal, and commutes with Z.
  fileprivate var mixedBits: QubitMask {
    var result = 0
    for i in 0..<rows {
      for j in 0..<columns where i ^ j | result != result && self[i, j] != (0, 0) { result |= i ^ j }
      if result == rows - 1 { break }
    }
    return QubitMask(result)
  }
}
