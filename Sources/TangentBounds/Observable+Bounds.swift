import TangentCircuits
import TangentNumerics

extension Observable {
  /// An interval that holds the spectrum: its exact ends for a single Pauli string and up to six qubits, else
  /// the sum of the ends of the parts.
  func spectralBounds() throws(TangentError) -> ClosedRange<Double> {
    if let (shift, coefficient, _) = singlePauli {
      return shift - abs(coefficient)...shift + abs(coefficient)
    }
    let reduced = restrictedToSupport
    if reduced.qubitCount <= 6 {
      let values = try HermitianEigen(reduced.matrix()).values
      return (values.first ?? 0)...(values.last ?? 0)
    }
    var (low, high) = (0.0, 0.0)
    for term in paulis {
      let isIdentity = term.string == .identity
      low += isIdentity ? term.coefficient : -abs(term.coefficient)
      high += isIdentity ? term.coefficient : abs(term.coefficient)
    }
    // Projectors on different basis states share no eigenvector.
    let ends = projectors.reduce(into: [UInt64: Double]()) { $0[$1.index, default: 0] += $1.coefficient }
      .values
    low += min(0, ends.min() ?? 0)
    high += max(0, ends.max() ?? 0)
    if let dense {
      // Gershgorin's discs
      var (lowest, highest) = (Double.infinity, -Double.infinity)
      for i in 0..<dense.rows {
        var radius = 0.0
        for j in 0..<dense.columns where j != i {
          radius += (dense[i, j].re * dense[i, j].re + dense[i, j].im * dense[i, j].im).squareRoot()
        }
        lowest = min(lowest, dense[i, i].re - radius)
        highest = max(highest, dense[i, i].re + radius)
      }
      low += lowest
      high += highest
    }
    return low...high
  }
}
