import TangentCircuits
import TangentNumerics
import TangentSimulation
import TestSupport

/// Derivatives from the generators in the Heisenberg picture, H_k = sum of B^dagger G B over the gates of parameter k,
/// or of feature k, B all that acts up to the gate: an account of its own beside the state vectors of the library.
struct HeisenbergReference {
  /// One gate with a generator: B^dagger G B and d(angle)/d(parameter) for its parameters.
  private struct Occurrence {
    let generator: ComplexMatrix
    let rates: [(parameter: Int, rate: Double)]
  }

  private let occurrences: [Occurrence]
  private let unitary: ComplexMatrix
  private let parameterCount: Int

  init(_ circuit: Circuit, theta: [Double], x: [Double], wrt variables: Variables = .parameters) {
    var before = ComplexMatrix.identity(1 << circuit.qubitCount)
    var occurrences: [Occurrence] = []
    for factor in DenseReference.factors(circuit, theta, x) {
      before = DenseReference.product(factor.matrix, before)
      guard let generator = factor.generator else { continue }
      let rates = factor.angle.terms.flatMap { term -> [(parameter: Int, rate: Double)] in
        let c = term.coefficient
        return switch (term.factor, variables) {
        case (.parameter(let p), .parameters): [(p, c)]
        case (.parameterFeature(let p, let f), .parameters): [(p, c * x[f])]
        case (.feature(let f), .features): [(f, c)]
        case (.parameterFeature(let p, let f), .features): [(f, c * theta[p])]
        case (.featureFeature(let f, let g), .features): [(f, c * x[g]), (g, c * x[f])]
        default: []
        }
      }
      let turned = DenseReference.product(before.adjoint, DenseReference.product(generator, before))
      occurrences.append(Occurrence(generator: turned, rates: rates))
    }
    self.occurrences = occurrences
    unitary = before
    parameterCount = variables == .features ? circuit.featureCount : circuit.parameterCount
  }

  /// H_k of every parameter.
  var generators: [ComplexMatrix] {
    let d = unitary.rows
    var sums = [ComplexMatrix](repeating: ComplexMatrix(rows: d, columns: d), count: parameterCount)
    for occurrence in occurrences {
      for (p, rate) in occurrence.rates { sums[p] = sums[p] + occurrence.generator.scaled(by: rate) }
    }
    return sums
  }

  /// 4 (tr(rho {H_k, H_l})/2 - tr(rho H_k) tr(rho H_l))
  func fisherInformation(_ rho: ComplexMatrix) -> [Double] {
    let generators = generators
    let means = generators.map { DenseReference.product(rho, $0).trace.re }
    var result: [Double] = []
    for k in 0..<parameterCount {
      let left = DenseReference.product(rho, generators[k])
      for l in 0..<parameterCount {
        result.append(
          4 * (DenseReference.product(left, generators[l]).trace.re - means[k] * means[l]))
      }
    }
    return result
  }

  /// d_k d_l tr(O U rho U^dagger) = -tr(rho [H_i, [H_j, M]]) over all pairs of gates, i the earlier one.
  func hessian(_ observable: ComplexMatrix, _ rho: ComplexMatrix) -> [Double] {
    let m = DenseReference.product(unitary.adjoint, DenseReference.product(observable, unitary))
    var result = [Double](repeating: 0, count: parameterCount * parameterCount)
    for (j, late) in occurrences.enumerated() {
      let inner = commutator(late.generator, m)
      for (i, early) in occurrences.enumerated() where i <= j {
        let value = -DenseReference.product(rho, commutator(early.generator, inner)).trace.re
        for (k, a) in early.rates {
          for (l, b) in late.rates {
            result[k * parameterCount + l] += a * b * value
            if i < j { result[l * parameterCount + k] += a * b * value }
          }
        }
      }
    }
    return result
  }

  private func commutator(_ a: ComplexMatrix, _ b: ComplexMatrix) -> ComplexMatrix {
    DenseReference.product(a, b) - DenseReference.product(b, a)
  }
}

/// |psi><psi| from (re, im) pairs.
func projector(_ v: ArraySlice<Double>) -> ComplexMatrix {
  let v = Array(v)
  let column = ComplexMatrix(
    rows: v.count / 2, columns: 1, re: stride(from: 0, to: v.count, by: 2).map { v[$0] },
    im: stride(from: 1, to: v.count, by: 2).map { v[$0] })
  return DenseReference.product(column, column.adjoint)
}
