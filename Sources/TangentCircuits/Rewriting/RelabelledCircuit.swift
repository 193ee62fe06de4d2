import TangentNumerics

/// A circuit rewritten so that what only gives basis states other labels moves nothing: U = P V, V the operations here
/// and P|i> = |labels(i)>.
///
/// X, SWAP and the permutations in Y and iSWAP are taken out where they stand, and the later operations act on the
/// qubits that carry the labels then, rotations with the sign that X gives them. Permutations at the circuit's end,
/// CX among them, are taken off as well. Observables O become P^dagger O P, see `Observable.pulledBack`.
public struct RelabelledCircuit: Sendable {
  public let qubitCount: Int
  public let parameterCount: Int
  public let featureCount: Int
  public private(set) var operations: [ElementaryOperation] = []
  public private(set) var labels: IndexMap

  public init(_ circuit: Circuit) {
    qubitCount = circuit.qubitCount
    parameterCount = circuit.parameterCount
    featureCount = circuit.featureCount
    labels = IndexMap(bitCount: circuit.qubitCount)
    for operation in circuit.elementaryOperations {
      guard let (monomial, map) = permutation(operation), map.isRelabelling else {
        operations += pulledBack(operation)
        continue
      }
      labels = labels.followed(by: map)
      if case .fixed(_, let qubits) = operation, !monomial.isPermutation {
        operations += pulledBack(.fixed(ComplexMatrix(diagonal: monomial.phases), qubits: qubits))
      }
    }
    takeOffLastPermutations()
  }

  /// A permutation goes from the end if it commutes with all that stays behind it.
  private mutating func takeOffLastPermutations() {
    var (kept, support): ([ElementaryOperation], QubitMask) = ([], 0)
    for operation in operations.reversed() {
      let touched = operation.support(register: qubitCount)
      if touched & support == 0, let (monomial, map) = permutation(operation), monomial.isPermutation {
        labels = map.followed(by: labels)
      } else {
        kept.append(operation)
        support |= touched
      }
    }
    operations = kept.reversed()
  }

  /// A fixed operation that is an affine permutation up to phases; diagonal ones are none.
  private func permutation(_ operation: ElementaryOperation) -> (Monomial, IndexMap)? {
    guard case .fixed(let matrix, let qubits) = operation, let monomial = Monomial(matrix),
      let map = IndexMap(image: monomial.image, bits: qubits.map(bit), bitCount: qubitCount), !map.isIdentity
    else { return nil }
    return (monomial, map)
  }

  private func bit(_ qubit: Int) -> Int { qubitCount - 1 - qubit }

  /// P^dagger G P for the labels so far.
  private func pulledBack(_ operation: ElementaryOperation) -> [ElementaryOperation] {
    if labels.isIdentity { return [operation] }
    switch operation {
    case .fixed(let matrix, let qubits):
      return [.fixed(turned(matrix, qubits), qubits: qubits.map(carrier))]
    case .evolution(.dense(let matrix, let qubits), let angle):
      return [.evolution(.dense(turned(matrix, qubits), qubits: qubits.map(carrier)), angle: angle)]
    case .channel(let channel, let qubits, let draw):
      return [
        .channel(
          channel.mappingOperators { turned($0, qubits) }, qubits: qubits.map(carrier), draw: draw)
      ]
    case .evolution(.paulis(let terms, let controls), let angle):
      let terms = terms.map { term in
        let (string, isNegative) = labels.pullBack(term.string)
        return PauliTerm(isNegative ? -term.coefficient : term.coefficient, string)
      }
      return pulledBack(controls).map { isNegative, controls in
        .evolution(
          .paulis(
            isNegative ? terms.map { PauliTerm(-$0.coefficient, $0.string) } : terms, controls: controls),
          angle: angle)
      }
    }
  }

  /// The projector |1..1><1..1| on some bits as a sum of such projectors: |0><0| = 1 - |1><1| on every bit that is turned.
  private func pulledBack(_ controls: QubitMask) -> [(isNegative: Bool, controls: QubitMask)] {
    var result = [(isNegative: false, controls: QubitMask(0))]
    for bit in 0..<qubitCount where controls >> QubitMask(bit) & 1 == 1 {
      let set = result.map {
        (isNegative: $0.isNegative, controls: $0.controls | QubitMask(labels.rows[bit]))
      }
      let isTurned = labels.offset >> UInt64(bit) & 1 == 1
      result = isTurned ? result + set.map { (!$0.isNegative, $0.controls) } : set
    }
    return result
  }

  /// The qubit that carries a qubit's label.
  private func carrier(_ qubit: Int) -> Int { bit(labels.rows[bit(qubit)].trailingZeroBitCount) }

  /// The matrix with the indices of turned qubits turned.
  private func turned(_ matrix: ComplexMatrix, _ qubits: [Int]) -> ComplexMatrix {
    let turns = Int(Bits.gathered(labels.offset, at: qubits.map(bit)))
    return turns == 0 ? matrix : matrix.permuted { $0 ^ turns }
  }
}

extension ElementaryOperation {
  /// The bits that the operation acts on.
  fileprivate func support(register n: Int) -> QubitMask {
    switch self {
    case .fixed(_, let qubits), .evolution(.dense(_, let qubits), _), .channel(_, let qubits, _):
      Bits.mask(ofQubits: qubits, register: n)
    case .evolution(.paulis(let terms, let controls), _): terms.reduce(controls) { $0 | $1.string.support }
    }
  }
}

extension Observable {
  /// P^dagger O P for P|i> = |map(i)>.
  public func pulledBack(through map: IndexMap) -> Observable {
    if map.isIdentity { return self }
    let inverse = map.inverse
    return Observable(
      qubitCount: qubitCount,
      paulis: paulis.map { term in
        let (string, isNegative) = map.pullBack(term.string)
        return PauliTerm(isNegative ? -term.coefficient : term.coefficient, string)
      },
      projectors: projectors.map {
        Projector(coefficient: $0.coefficient, index: QubitMask(inverse.image(of: UInt64($0.index))))
      },
      dense: dense.map { matrix in
        var images = [Int](repeating: 0, count: matrix.rows)
        map.forEachImage { images[$0] = $1 }
        return matrix.permuted { images[$0] }
      })
  }
}

extension ComplexMatrix {
  /// Entry (i, j) from the place (index(i), index(j)) of this square matrix.
  fileprivate func permuted(_ index: (Int) -> Int) -> ComplexMatrix {
    var result = self
    for i in 0..<rows {
      for j in 0..<columns { result[i, j] = self[index(i), index(j)] }
    }
    return result
  }
}
