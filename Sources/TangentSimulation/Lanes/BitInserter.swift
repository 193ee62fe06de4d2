import TangentNumerics

/// Enumerates the basis indices with certain bits fixed: count k = 0, 1, ... with zeros inserted at the fixed bits.
struct BitInserter: BitwiseCopyable {
  /// Fixed bit positions, ascending; unused ones are 63.
  private var first = 63
  private var second = 63
  private var third = 63

  init(_ bits: [Int]) {
    let sorted = bits.sorted()
    if sorted.count > 0 { first = sorted[0] }
    if sorted.count > 1 { second = sorted[1] }
    if sorted.count > 2 { third = sorted[2] }
  }

  @inline(__always)
  func one(_ k: Int) -> Int { Bits.insertingZero(k, at: first) }

  @inline(__always)
  func two(_ k: Int) -> Int { Bits.insertingZero(one(k), at: second) }

  @inline(__always)
  func three(_ k: Int) -> Int { Bits.insertingZero(two(k), at: third) }

  /// The basis indices with every value of `bits`, the first the value's most significant, and zeros elsewhere.
  static func offsets(ofBits bits: [Int]) -> [Int] {
    (0..<(1 << bits.count)).map { Bits.spread($0, to: bits) }
  }
}
