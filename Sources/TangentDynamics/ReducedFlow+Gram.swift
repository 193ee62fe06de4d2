import TangentNumerics

extension ReducedFlow {
  /// The flow from overlaps alone, for m pure states and an observable O with O^2 = 1: the projectors on the
  /// eigenvalues +-1 are (1 +- O)/2, so (G +- S)/2 with G = V^dagger V and S = V^dagger O V are the Gram matrices
  /// C^dagger C of the coordinates. Any square root serves as C.
  ///
  /// The states may be of any number of qubits; their phases are free, but the same in both matrices.
  /// - Parameters:
  ///   - gram: G, (m, m).
  ///   - measured: S, (m, m), without the scale.
  ///   - scale: the eigenvalues of the measurement are +-scale.
  /// - Throws: `invalidArgument` for matrices that no states have; `numerical`; `cancelled`.
  public init(
    gram: ComplexMatrix, measured: ComplexMatrix, scale: Double, cancel: CancelToken? = nil
  ) throws(TangentError) {
    guard scale.isFinite, scale != 0 else {
      throw .invalid("the scale is \(scale); it must be finite and not 0")
    }
    let m = gram.rows
    guard gram.columns == m, measured.rows == m, measured.columns == m else {
      throw .invalid(
        "the Gram matrix is \(gram.rows) x \(gram.columns) and the measured one \(measured.rows) x "
          + "\(measured.columns); two square ones of the same size are expected")
    }
    try gram.requireHermitian("the Gram matrix V+V")
    try measured.requireHermitian("the measured Gram matrix V+OV")
    for j in 0..<m where abs(gram[j, j].re - 1) > GramTolerance.input {
      throw .invalid(
        "the Gram matrix has \(gram[j, j].re) on its diagonal at sample \(j); normalised states have 1")
    }
    var coordinates: [ComplexMatrix] = []
    for sign in [-1.0, 1.0] {
      coordinates.append(
        try (gram + measured.scaled(by: sign)).scaled(by: 0.5).squareRoot(sign: sign, cancel))
    }
    try self.init(
      columns: .pure(m), eigenvalues: [-scale, scale], coordinates: coordinates, cancel: cancel)
  }
}

private enum GramTolerance {
  /// Of what is passed in.
  static let input = 1e-8
  /// Of the largest eigenvalue: below, an eigenvalue is rounding error. It must become exactly 0, since the flow
  /// expands errors in the directions that an eigenspace of low rank lacks.
  static let rank = 1e-12
}

extension ComplexMatrix {
  fileprivate func requireHermitian(_ name: String) throws(TangentError) {
    for i in 0..<rows {
      for j in 0...i {
        let (a, b) = (self[i, j], self[j, i])
        let difference = max(abs(a.re - b.re), abs(a.im + b.im))
        guard difference <= GramTolerance.input else {
          throw .invalid("\(name) differs from its adjoint by \(difference) at (\(i), \(j))")
        }
      }
    }
  }

  /// C with C^dagger C = self, as many rows as the rank.
  fileprivate func squareRoot(sign: Double, _ cancel: CancelToken?) throws(TangentError) -> ComplexMatrix {
    let eigen = try HermitianEigen(self, cancel: cancel)
    if let lowest = eigen.values.first, lowest < -GramTolerance.input * Double(rows) {
      throw .invalid(
        "(V+V \(sign > 0 ? "+" : "-") V+OV)/2 has the eigenvalue \(lowest), but it is positive for every O with O^2 = 1; "
          + "leave the scale out of the measured Gram matrix")
    }
    let largest = max(eigen.values.last ?? 0, 1)
    let kept = eigen.values.indices.filter { eigen.values[$0] > GramTolerance.rank * largest }
    var result = ComplexMatrix(rows: kept.count, columns: columns)
    for (row, k) in kept.enumerated() {
      let root = eigen.values[k].squareRoot()
      for j in 0..<columns {
        let entry = eigen.vectors[j, k]
        result[row, j] = (root * entry.re, -root * entry.im)
      }
    }
    return result
  }
}
