import TangentNumerics

extension Encoding {
  /// Rows of real data as amplitudes: padded with zeros to 2^n and normalised.
  ///
  /// - Parameter data: (rows, columns), row-major.
  /// - Returns: the states (rows, 2^n).
  /// - Throws: on too many columns, non-finite entries, or a row of zeros.
  public static func amplitude(
    _ data: [Double], rows: Int, columns: Int, qubitCount n: Int
  ) throws(TangentError) -> ComplexMatrix {
    guard n >= 1, n <= 30 else {
      throw .invalid("amplitude encoding on \(n) qubits; between 1 and 30 are possible")
    }
    let d = 1 << n
    guard columns >= 1, columns <= d else {
      throw .invalid("\(columns) columns do not fit the \(d) amplitudes of \(n) qubits")
    }
    guard rows >= 1, data.count / columns == rows, data.count.isMultiple(of: columns) else {
      throw .invalid("\(data.count) numbers for \(rows) rows of \(columns)")
    }
    var states = ComplexMatrix(rows: rows, columns: d)
    for row in 0..<rows {
      let entries = data[(row * columns)..<((row + 1) * columns)]
      guard entries.allSatisfy(\.isFinite) else {
        throw .invalid("row \(row) has entries that are NaN or infinite")
      }
      // Scaled by the largest entry first, so that neither tiny nor huge rows lose their norm.
      let largest = entries.reduce(0) { max($0, abs($1)) }
      guard largest > 0 else {
        throw .invalid("row \(row) is all zeros and has no direction; drop or shift it")
      }
      let norm = entries.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
      for (k, entry) in entries.enumerated() { states.re[row * d + k] = entry / largest / norm }
    }
    return states
  }

  /// Haar-random pure states (m, 2^n), mutually orthogonal if asked.
  /// - Throws: when more orthogonal states are asked for than the dimension has.
  public static func haarStates(
    qubitCount n: Int, count m: Int, orthogonal: Bool = true, seed: UInt64 = 0, cancel: CancelToken? = nil
  ) throws(TangentError) -> ComplexMatrix {
    guard n >= 1, n <= 30 else { throw .invalid("Haar states on \(n) qubits; between 1 and 30 are possible") }
    let d = 1 << n
    guard m >= 1, !orthogonal || m <= d else {
      throw .invalid("\(m) states; between 1 and \(d) are mutually orthogonal on \(n) qubits")
    }
    guard m <= (1 << 32) / d else { throw .invalid("\(m) states of \(d) amplitudes are more than 64 GB") }
    if orthogonal {
      let stream = Philox.stream(.haarState, 0)
      let columns = ComplexMatrix.haarIsometry(
        rows: d, columns: m, seed: seed, stream: stream, cancel: cancel)
      try cancel?.check()
      let states = columns.adjoint(cancel: cancel)
      try cancel?.check()
      return states
    }
    var states = ComplexMatrix(rows: m, columns: d)
    for j in 0..<m {
      var random = Philox(seed: seed, stream: Philox.stream(.haarState, j + 1))
      for k in 0..<d {
        if k & 0xFFFF == 0 { try cancel?.check() }
        states[j, k] = (random.normal(), random.normal())
      }
      states.normalise(row: j)
    }
    return states
  }
}

extension ComplexMatrix {
  fileprivate mutating func normalise(row j: Int) {
    var sum = 0.0
    for k in 0..<columns {
      let a = self[j, k]
      sum += a.re * a.re + a.im * a.im
    }
    let factor = 1 / sum.squareRoot()
    for k in 0..<columns {
      let a = self[j, k]
      self[j, k] = (a.re * factor, a.im * factor)
    }
  }
}
