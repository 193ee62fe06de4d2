import TangentCircuits
import TangentNumerics
import TestSupport

/// First and second derivatives of tr(O U rho U^dagger) in z = (theta, x) from dense generators in the Heisenberg picture,
/// H_i = B^dagger G_i B: d_i M = i[H_i, M] and d_i d_j M = -[H_i, [H_j, M]] for gates i up to j, and the chain rule
/// through angles that are polynomials of second degree.
struct CurvatureReference {
  private let generators: [ComplexMatrix]
  /// d(angle)/dz and d^2(angle)/dz dz of every generator.
  private let slopes: [[Double]]
  private let curvatures: [[Double]]
  private let unitary: ComplexMatrix
  let count: Int

  init(_ circuit: Circuit, theta: [Double], x: [Double]) {
    let (p, n) = (circuit.parameterCount, circuit.parameterCount + circuit.featureCount)
    let z = theta + x
    var before = ComplexMatrix.identity(1 << circuit.qubitCount)
    var (generators, slopes, curvatures) = ([ComplexMatrix](), [[Double]](), [[Double]]())
    for factor in DenseReference.factors(circuit, theta, x) {
      before = DenseReference.product(factor.matrix, before)
      guard let generator = factor.generator else { continue }
      var (slope, curvature) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n * n))
      for term in factor.angle.terms {
        let c = term.coefficient
        switch term.factor {
        case .parameter(let q): slope[q] += c
        case .feature(let f): slope[p + f] += c
        case .parameterFeature(let i, let f), .featureFeature(let i, let f):
          var first = i
          if case .featureFeature = term.factor { first += p }
          let second = p + f
          slope[first] += c * z[second]
          slope[second] += c * z[first]
          curvature[first * n + second] += c
          curvature[second * n + first] += c
        }
      }
      generators.append(DenseReference.product(before.adjoint, DenseReference.product(generator, before)))
      slopes.append(slope)
      curvatures.append(curvature)
    }
    (self.generators, self.slopes, self.curvatures) = (generators, slopes, curvatures)
    unitary = before
    count = n
  }

  func prediction(_ observable: ComplexMatrix, _ rho: ComplexMatrix) -> Double {
    DenseReference.product(rho, measured(observable)).trace.re
  }

  func gradient(_ observable: ComplexMatrix, _ rho: ComplexMatrix) -> [Double] {
    let values = slotGradients(measured(observable), rho)
    return (0..<count).map { v in generators.indices.reduce(0) { $0 + slopes[$1][v] * values[$1] } }
  }

  /// (count, count)
  func hessian(_ observable: ComplexMatrix, _ rho: ComplexMatrix) -> [Double] {
    let m = measured(observable)
    let first = slotGradients(m, rho)
    var result = [Double](repeating: 0, count: count * count)
    for (j, late) in generators.enumerated() {
      for k in 0..<(count * count) { result[k] += curvatures[j][k] * first[j] }
      let inner = commutator(late, m)
      for i in 0...j {
        let value = -DenseReference.product(rho, commutator(generators[i], inner)).trace.re
        for u in 0..<count {
          for v in 0..<count {
            result[u * count + v] += slopes[i][u] * slopes[j][v] * value
            if i < j { result[u * count + v] += slopes[j][u] * slopes[i][v] * value }
          }
        }
      }
    }
    return result
  }

  private func measured(_ observable: ComplexMatrix) -> ComplexMatrix {
    DenseReference.product(unitary.adjoint, DenseReference.product(observable, unitary))
  }

  /// tr(rho i[H, M]) = -Im tr(rho [H, M])
  private func slotGradients(_ m: ComplexMatrix, _ rho: ComplexMatrix) -> [Double] {
    generators.map { -DenseReference.product(rho, commutator($0, m)).trace.im }
  }

  private func commutator(_ a: ComplexMatrix, _ b: ComplexMatrix) -> ComplexMatrix {
    DenseReference.product(a, b) - DenseReference.product(b, a)
  }
}
