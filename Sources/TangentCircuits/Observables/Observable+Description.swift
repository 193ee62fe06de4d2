extension Observable: CustomStringConvertible {
  /// Pauli strings and projectors together.
  public var termCount: Int { paulis.count + projectors.count }

  /// Term number `index`: its coefficient and its Pauli letters, such as "ZII", or, after all Pauli strings, the bits of
  /// a projector, such as "010".
  /// - Precondition: 0 <= index < `termCount`.
  public func term(_ index: Int) -> (coefficient: Double, text: String) {
    if index < paulis.count {
      return (paulis[index].coefficient, paulis[index].string.letters(register: qubitCount))
    }
    let projector = projectors[index - paulis.count]
    return (projector.coefficient, projector.bits(register: qubitCount))
  }

  /// The terms in text, such as "1.0*ZII + 0.5*|010><010|".
  public var description: String {
    var parts = (0..<termCount).map { index in
      let (coefficient, text) = term(index)
      return index < paulis.count ? "\(coefficient)*\(text)" : "\(coefficient)*|\(text)><\(text)|"
    }
    if let dense { parts.append("dense \(dense.rows) x \(dense.columns)") }
    return parts.isEmpty ? "0" : parts.joined(separator: " + ")
  }
}
