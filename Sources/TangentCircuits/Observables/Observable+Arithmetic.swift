import TangentNumerics

extension Observable {
  /// sum_k coefficients[k] * observables[k]; equal Pauli strings are collected, zero terms dropped.
  public static func combination(
    _ observables: [Observable], coefficients: [Double]
  ) throws(TangentError) -> Observable {
    guard let first = observables.first, observables.count == coefficients.count else {
      throw .invalid(
        "\(observables.count) observables and \(coefficients.count) coefficients; give one each, at least one"
      )
    }
    var order: [PauliString] = []
    var sums: [PauliString: Double] = [:]
    var projectors: [Projector] = []
    var dense: ComplexMatrix?
    for (observable, coefficient) in zip(observables, coefficients) {
      guard observable.qubitCount == first.qubitCount else {
        throw .invalid(
          "an observable on \(observable.qubitCount) qubits cannot be added to one on \(first.qubitCount) qubits"
        )
      }
      guard coefficient.isFinite else {
        throw .invalid("an observable's coefficient is \(coefficient); it must be finite")
      }
      for term in observable.paulis {
        if sums[term.string] == nil { order.append(term.string) }
        sums[term.string, default: 0] += coefficient * term.coefficient
      }
      for projector in observable.projectors {
        if let k = projectors.firstIndex(where: { $0.index == projector.index }) {
          projectors[k].coefficient += coefficient * projector.coefficient
        } else {
          projectors.append(
            Projector(coefficient: coefficient * projector.coefficient, index: projector.index))
        }
      }
      if let matrix = observable.dense {
        let scaled = matrix.scaled(by: coefficient)
        dense = dense.map { $0 + scaled } ?? scaled
      }
    }
    guard sums.values.allSatisfy(\.isFinite), projectors.allSatisfy({ $0.coefficient.isFinite }),
      dense?.isFinite ?? true
    else { throw .invalid("a combination of observables overflows; its coefficients must stay finite") }
    return Observable(
      qubitCount: first.qubitCount,
      paulis: order.compactMap { sums[$0]! == 0 ? nil : PauliTerm(sums[$0]!, $0) },
      projectors: projectors.filter { $0.coefficient != 0 }, dense: dense?.withPositiveZeros)
  }

  public func scaled(by factor: Double) throws(TangentError) -> Observable {
    try Observable.combination([self], coefficients: [factor])
  }
}

extension Observable {
  /// A Pauli sum on a register of n qubits.
  public static func sum(of terms: [PauliTerm], register n: Int) throws(TangentError) -> Observable {
    _ = try Observable(qubitCount: n)
    return Observable(qubitCount: n, paulis: terms, projectors: [], dense: nil)
  }
}

extension ComplexMatrix {
  /// -0 as 0, so that equal observables have equal bytes: the sum of a matrix and its adjoint knows no -0 that a factor
  /// of -1 may have left.
  var withPositiveZeros: ComplexMatrix {
    ComplexMatrix(rows: rows, columns: columns, re: re.map { $0 + 0 }, im: im.map { $0 + 0 })
  }
}
