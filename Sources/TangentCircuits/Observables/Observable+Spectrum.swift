import TangentNumerics

extension Observable {
  /// The dense 2^n x 2^n matrix.
  /// - Throws: `outOfMemory` beyond `maximumDenseQubits`.
  public func matrix() throws(TangentError) -> ComplexMatrix {
    guard qubitCount <= Observable.maximumDenseQubits else {
      throw TangentError(
        .outOfMemory,
        "the dense matrix of an observable on \(qubitCount) qubits is too large; the limit is \(Observable.maximumDenseQubits) qubits"
      )
    }
    return denseMatrix
  }

  /// The same for those that know the number of qubits.
  var denseMatrix: ComplexMatrix {
    let d = 1 << qubitCount
    var result = dense ?? ComplexMatrix(rows: d, columns: d)
    for term in paulis { result.add(term) }
    for projector in projectors {
      result.re[Int(projector.index) * d + Int(projector.index)] += projector.coefficient
    }
    return result
  }

  /// Whether the operator is a sum of Pauli strings that commute with each other, which evolve one by one.
  public var isCommutingPauliSum: Bool { dense == nil && projectors.isEmpty && paulis.allPairwiseCommuting }

  /// The qubits on which the operator acts, as a mask over the basis index (all of them for dense parts and projectors).
  public var support: QubitMask {
    if dense != nil || !projectors.isEmpty { return Bits.mask(of: 0..<qubitCount) }
    return paulis.reduce(0) { $0 | $1.string.support }
  }

  /// The same Pauli sum on its support alone (at least one qubit), where it has the same spectrum.
  public var restrictedToSupport: Observable { restricted(to: max(1, support)) }

  /// The operator on the qubits of a mask that holds its support; it is the identity on the others.
  public func restricted(to mask: QubitMask) -> Observable {
    let bits = Bits.qubits(of: mask, register: qubitCount).map { qubitCount - 1 - $0 }
    guard bits.count < qubitCount else { return self }
    return Observable(
      qubitCount: bits.count,
      paulis: paulis.map {
        PauliTerm(
          $0.coefficient,
          PauliString(x: Bits.gathered($0.string.x, at: bits), z: Bits.gathered($0.string.z, at: bits)))
      },
      projectors: [], dense: nil)
  }

  /// If the operator is shift * 1 + coefficient * P with one Pauli string P that is not the identity.
  public var singlePauli: (shift: Double, coefficient: Double, string: PauliString)? {
    guard dense == nil, projectors.isEmpty else { return nil }
    let strings = paulis.filter { $0.string != .identity }
    guard strings.count == 1 else { return nil }
    let shift = paulis.filter { $0.string == .identity }.reduce(0) { $0 + $1.coefficient }
    return (shift, strings[0].coefficient, strings[0].string)
  }
}
