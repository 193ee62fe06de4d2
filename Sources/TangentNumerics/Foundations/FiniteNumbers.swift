extension UnsafeBufferPointer<Double> {
  /// Where the first infinity or NaN stands.
  public var firstNonFinite: Int? {
    // An exponent of all ones carries into the sign; one pass without branches, since nearly all numbers are finite.
    var carries: UInt64 = 0
    for value in self {
      carries |= (value.bitPattern & 0x7FF0_0000_0000_0000) &+ 0x0010_0000_0000_0000
    }
    return carries >> 63 == 0 ? nil : firstIndex { !$0.isFinite }
  }
}

extension [Double] {
  /// Where the first infinity or NaN stands.
  public var firstNonFinite: Int? { withUnsafeBufferPointer { $0.firstNonFinite } }
}
