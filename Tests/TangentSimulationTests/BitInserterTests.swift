import TangentNumerics
import Testing

@testable import TangentSimulation

@Suite struct BitInserterTests {
  /// Counting with zeros inserted gives the indices that have none of the bits, in order.
  @Test(arguments: [[0], [3], [1, 0], [4, 2], [0, 1, 2], [5, 1, 3]])
  func enumeratesWhatHasNoneOfTheBits(_ bits: [Int]) {
    let mask = bits.reduce(0) { $0 | 1 << $1 }
    let inserter = BitInserter(bits)
    for (k, index) in (0..<64).filter({ $0 & mask == 0 }).enumerated() {
      switch bits.count {
      case 1: #expect(inserter.one(k) == index)
      case 2: #expect(inserter.two(k) == index)
      default: #expect(inserter.three(k) == index)
      }
    }
  }

  /// Value r has its digits, read from the left, on the bits in their order.
  @Test func offsetsPutDigitsOnBits() {
    let bits = [4, 0, 7]
    for (r, offset) in BitInserter.offsets(ofBits: bits).enumerated() {
      let digits = Array(String(String(8 | r, radix: 2).dropFirst()))
      for (digit, bit) in zip(digits, bits) { #expect((offset >> bit & 1 == 1) == (digit == "1")) }
      #expect(offset & ~0b1001_0001 == 0)
    }
    #expect(BitInserter.offsets(ofBits: []) == [0])
  }
}
