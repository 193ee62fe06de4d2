import TangentCircuits
import TangentNumerics

/// The eigenvalues and eigenbasis of a scaled observable, on the qubits where it acts: a single Pauli string for any
/// number of qubits, a diagonal observable by its values on basis states, anything else by diagonalising its matrix.
struct MeasurementBasis {
  /// Diagonal observables may act on so many qubits.
  static let maximumDiagonalQubits = 24
  /// Other observables may act on so many qubits: matrices up to 1024 x 1024 are diagonalised.
  static let maximumDenseQubits = 10

  private enum Rotation {
    case none
    /// Pairs of basis states that the string exchanges.
    case pauli(PauliString)
    /// The adjoint of the eigenvectors on the support.
    case dense(ComplexMatrix)
  }

  /// Distinct, ascending.
  let eigenvalues: [Double]
  private let rotation: Rotation
  /// The bits of the basis index on which the observable acts, lowest first.
  private let bits: [Int]
  /// Which eigenvalue belongs to each index over these bits, for Pauli strings to the eigenvalues -1 and +1.
  private let groups: [Int]

  /// - Throws: `invalidArgument` if the observable acts on too many qubits; `numerical`; `cancelled`.
  init(_ observable: Observable, scale: Double, cancel: CancelToken? = nil) throws(TangentError) {
    if let pauli = observable.singlePauli {
      let spectrum = EigenvalueGroups([-1, 1].map { scale * (pauli.shift + $0 * pauli.coefficient) })
      (eigenvalues, groups) = (spectrum.values, spectrum.groups)
      rotation = .pauli(pauli.string)
      bits = []
      return
    }
    let local = observable.restrictedToSupport
    bits =
      local.qubitCount == observable.qubitCount
      ? Array(0..<observable.qubitCount)
      : (0..<observable.qubitCount).filter { observable.support >> UInt64($0) & 1 == 1 }
    if local.isDiagonal {
      guard local.qubitCount <= MeasurementBasis.maximumDiagonalQubits else {
        throw .invalid(
          "the observable is diagonal on \(local.qubitCount) qubits; its eigenvalues are listed up to "
            + "\(MeasurementBasis.maximumDiagonalQubits) qubits, a single Pauli string has no limit")
      }
      let spectrum = EigenvalueGroups(
        try (0..<(UInt64(1) << UInt64(bits.count))).map { (index) throws(TangentError) in
          if index & 0xFFF == 0 { try cancel?.check() }
          return scale * local.diagonalEntry(index)
        })
      (eigenvalues, groups) = (spectrum.values, spectrum.groups)
      rotation = .none
    } else {
      guard local.qubitCount <= MeasurementBasis.maximumDenseQubits else {
        throw .invalid(
          "the observable acts on \(local.qubitCount) qubits and is neither diagonal nor a single Pauli string; "
            + "its eigenvectors are computed up to \(MeasurementBasis.maximumDenseQubits) qubits")
      }
      let eigen = try HermitianEigen(local.matrix().scaled(by: scale), cancel: cancel)
      let spectrum = EigenvalueGroups(eigen.values)
      (eigenvalues, groups) = (spectrum.values, spectrum.groups)
      rotation = .dense(eigen.vectors.adjoint)
    }
  }

  /// C_k = E_k^dagger V for the eigenvectors E_k of each eigenvalue; `vectors` V is (2^n, columns).
  /// - Throws: `cancelled`.
  func coordinates(of vectors: ComplexMatrix, _ cancel: CancelToken? = nil) throws(TangentError)
    -> [ComplexMatrix]
  {
    var rotated = vectors
    let groupOfRow: [Int]
    if case .pauli(let string) = rotation {
      groupOfRow = rotated.rotateToEigenbasis(of: string).map { groups[$0] }
    } else {
      if case .dense(let adjoint) = rotation { try rotated.multiplyRows(over: bits, by: adjoint, cancel) }
      groupOfRow = (0..<vectors.rows).map { groups[compressed($0)] }
    }
    return try eigenvalues.indices.map { (k) throws(TangentError) in
      try cancel?.check()
      return rotated.selectingRows(groupOfRow.indices.filter { groupOfRow[$0] == k })
    }
  }

  private func compressed(_ index: Int) -> Int { Bits.gathered(index, at: bits.reversed()) }
}

extension ComplexMatrix {
  /// Replaces rows by coordinates in an eigenbasis of a Pauli string; returns 0 for each row of eigenvalue -1, 1 for +1.
  ///
  /// With P|b> = f|b ^ x>, the eigenvectors of the pair are (|b> +- f|b ^ x>)/sqrt 2.
  fileprivate mutating func rotateToEigenbasis(of string: PauliString) -> [Int] {
    var signs = [Int](repeating: 0, count: rows)
    let half = 0.5.squareRoot()
    for b in 0..<rows {
      let power = string.phasePower(column: UInt64(b))
      if string.isDiagonal {
        signs[b] = power == 0 ? 1 : 0
        continue
      }
      let partner = b ^ Int(string.x)
      guard partner > b else { continue }
      (signs[b], signs[partner]) = (1, 0)
      for a in 0..<columns {
        let (u, v) = (self[b, a], self[partner, a])
        // w = conj(f) v, f = i^power
        let w: (re: Double, im: Double) =
          switch power {
          case 0: v
          case 1: (v.im, -v.re)
          case 2: (-v.re, -v.im)
          default: (-v.im, v.re)
          }
        self[b, a] = (half * (u.re + w.re), half * (u.im + w.im))
        self[partner, a] = (half * (u.re - w.re), half * (u.im - w.im))
      }
    }
    return signs
  }

  /// Multiplies the rows, as a tensor index over `bits`, by a matrix from the left.
  fileprivate mutating func multiplyRows(
    over bits: [Int], by matrix: ComplexMatrix, _ cancel: CancelToken?
  ) throws(TangentError) {
    let mask: Int = Bits.mask(of: bits)
    let offsets = (0..<matrix.rows).map { Bits.spread($0, to: bits.reversed()) }
    for rest in 0..<rows where rest & mask == 0 {
      let block = matrix.multiplied(by: selectingRows(offsets.map { rest | $0 }), cancel: cancel)
      try cancel?.check()
      for (row, offset) in offsets.enumerated() {
        for a in 0..<columns { self[rest | offset, a] = block[row, a] }
      }
    }
  }

  fileprivate func selectingRows(_ selection: [Int]) -> ComplexMatrix {
    var result = ComplexMatrix(rows: selection.count, columns: columns)
    for (row, source) in selection.enumerated() {
      for a in 0..<columns { result[row, a] = self[source, a] }
    }
    return result
  }
}
