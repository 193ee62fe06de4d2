import TangentNumerics
import Testing

/// Every function against the text of its numbers in base 2.
@Suite struct BitsTests {
  /// Character k of the text is bit count - 1 - k, so that of qubit k.
  private func text(_ word: Int, _ count: Int) -> [Character] {
    let digits = String(word, radix: 2)
    return Array(String(repeating: "0", count: count - digits.count) + digits)
  }

  private func number(_ digits: some Sequence<Character>) -> Int { Int(String(digits), radix: 2) ?? 0 }

  private let places = [[0, 1, 2], [4, 0], [2], [5, 3, 1, 0], [0, 1, 2, 3, 4, 5], []]

  @Test func masks() {
    for qubits in places {
      let mask: Int = Bits.mask(ofQubits: qubits, register: 6)
      let expected = (0..<6).map { qubits.contains($0) ? Character("1") : "0" }
      #expect(text(mask, 6) == expected)
      #expect(Bits.qubits(of: mask, register: 6) == qubits.sorted())
      #expect(Bits.mask(of: qubits.map { 5 - $0 }) == mask)
    }
    #expect(Bits.mask(ofQubits: [0], register: 64) == UInt64(1) << 63)
    #expect(Bits.qubits(of: UInt64.max, register: 62) == Array(0..<62))
  }

  @Test func gathering() {
    for qubits in places {
      for word in 0..<64 {
        let digits = text(word, 6)
        #expect(Bits.gathered(word, at: qubits.map { 5 - $0 }) == number(qubits.map { digits[$0] }))
      }
    }
  }

  @Test func spreading() {
    for qubits in places {
      let bits = qubits.map { 5 - $0 }
      for local in 0..<(1 << qubits.count) {
        let digits = text(local, max(1, qubits.count))
        var expected = [Character](repeating: "0", count: 6)
        for (place, qubit) in qubits.enumerated() { expected[qubit] = digits[place] }
        #expect(text(Bits.spread(local, to: bits), 6) == expected)
      }
      // Higher bits of the number do not count.
      #expect(Bits.spread(UInt64.max, to: bits) == Bits.mask(of: bits))
    }
  }

  @Test func insertingZeros() {
    for word in 0..<64 {
      for bit in 0...6 {
        var digits = text(word, 6)
        digits.insert("0", at: 6 - bit)
        #expect(Bits.insertingZero(word, at: bit) == number(digits))
      }
      // Bit 63 stands for none.
      #expect(Bits.insertingZero(word, at: 63) == word)
    }
  }
}
