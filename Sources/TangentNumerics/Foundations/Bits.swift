/// Bits of basis indices and of masks over them. Bit 0 is the least significant; qubit q of n is bit n - 1 - q.
public enum Bits {
  /// A mask of some bits.
  @inlinable
  public static func mask<Mask: FixedWidthInteger>(of bits: some Sequence<Int>) -> Mask {
    bits.reduce(0) { $0 | 1 << Mask($1) }
  }

  /// A mask of some qubits of n.
  @inlinable
  public static func mask<Mask: FixedWidthInteger>(
    ofQubits qubits: some Sequence<Int>, register n: Int
  ) -> Mask {
    qubits.reduce(0) { $0 | 1 << Mask(n - 1 - $1) }
  }

  /// The qubits of n that a mask has, in their order.
  @inlinable
  public static func qubits(of mask: some FixedWidthInteger, register n: Int) -> [Int] {
    (0..<n).filter { mask >> (n - 1 - $0) & 1 == 1 }
  }

  /// A number made of some bits of a word, the first of them its most significant.
  @inlinable
  public static func gathered<Word: FixedWidthInteger>(_ word: Word, at bits: some Sequence<Int>) -> Word {
    bits.reduce(0) { $0 << 1 | word >> Word($1) & 1 }
  }

  /// A word with a number's bits in some places, the first for its most significant one that counts, and zeros elsewhere.
  @inlinable
  public static func spread<Word: FixedWidthInteger>(
    _ number: Word, to bits: some Collection<Int>
  ) -> Word {
    var (word, place) = (Word(0), bits.count)
    for bit in bits {
      place -= 1
      word |= (number >> Word(place) & 1) << Word(bit)
    }
    return word
  }

  /// A number with a zero put in, which becomes the given bit.
  @inlinable @inline(__always)
  public static func insertingZero(_ number: Int, at bit: Int) -> Int {
    let low = number & ((1 &<< bit) &- 1)
    return ((number &- low) &<< 1) | low
  }
}
