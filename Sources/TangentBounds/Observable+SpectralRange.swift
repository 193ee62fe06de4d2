import TangentCircuits
import TangentNumerics

extension Observable {
  /// Exact for a single Pauli string, for Pauli sums that a rotation of single qubits makes diagonal, and up to eight
  /// qubits; proved to within 1e-7 of the norm up to ten qubits, or eleven where the matrix is real (`SpectralEnds`); else
  /// an interval from the ends of the parts.
  func spectralRange() throws(TangentError) -> SpectralRange {
    let multiplicity = 1 << min(qubitCount - 1, 61)
    if let (shift, coefficient, _) = singlePauli {
      return SpectralRange(
        eigenvalues: [shift - abs(coefficient), shift + abs(coefficient)], multiplicity: multiplicity)
    }
    let reduced = restrictedToSupport
    // Multiplicities up to 2^62 are counted, far more than there are states.
    let others = 1 << (min(qubitCount, 62) - min(reduced.qubitCount, 62))
    if let values = reduced.diagonalValues { return SpectralRange(eigenvalues: values, multiplicity: others) }
    if reduced.qubitCount <= Observable.mostDiagonalised {
      return SpectralRange(
        eigenvalues: try HermitianEigen(reduced.matrix()).values, multiplicity: others)
    }
    let parts = rangeOfParts
    guard reduced.qubitCount <= Observable.mostIterated, let ends = try SpectralEnds(reduced.matrix())?.range
    else { return SpectralRange(parts, reflectionRank: 0) }
    return SpectralRange(ends.clamped(to: parts), reflectionRank: 0)
  }

  /// About how many products `spectralRange` takes at most.
  var spectralProducts: Double {
    let d = exp2(Double(qubitCount))
    return singlePauli != nil || qubitCount > Observable.mostIterated ? 0 : 3 * d * d * d
  }

  /// Eigenvalues of a matrix of this size take a tenth of a second.
  private static let mostDiagonalised = 8
  /// Of real matrices; complex ones take twice the rows.
  private static let mostIterated = SpectralEnds.mostRows.trailingZeroBitCount
  /// Terms times basis states; as many additions take a tenth of a second.
  private static let mostEntries = 1 << 25

  /// The diagonal in a basis of product states, if there is one: on every qubit all strings have the same letter, Z
  /// where there are projectors.
  private var diagonalValues: [Double]? {
    guard dense == nil, qubitCount < 25, (paulis.count + 1) << qubitCount <= Observable.mostEntries else {
      return nil
    }
    var x: QubitMask = 0
    var z: QubitMask = projectors.isEmpty ? 0 : Bits.mask(of: 0..<qubitCount)
    var support = z
    for string in paulis.map(\.string) {
      let shared = support & string.support
      guard string.x & shared == x & shared, string.z & shared == z & shared else { return nil }
      (x, z, support) = (x | string.x, z | string.z, support | string.support)
    }
    var values = [Double](repeating: 0, count: 1 << qubitCount)
    for term in paulis {
      let support = UInt64(truncatingIfNeeded: term.string.support)
      for index in values.indices {
        let isOdd = (UInt64(index) & support).nonzeroBitCount & 1 == 1
        values[index] += isOdd ? -term.coefficient : term.coefficient
      }
    }
    for projector in projectors { values[Int(projector.index)] += projector.coefficient }
    return values
  }

  private var rangeOfParts: ClosedRange<Double> {
    var (low, high) = (0.0, 0.0)
    for term in paulis {
      let isIdentity = term.string == .identity
      low += isIdentity ? term.coefficient : -abs(term.coefficient)
      high += isIdentity ? term.coefficient : abs(term.coefficient)
    }
    // Projectors on different basis states share no eigenvector.
    let ends = projectors.reduce(into: [QubitMask: Double]()) { $0[$1.index, default: 0] += $1.coefficient }
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
