import Glibc

/// Philox 4x32-10, a counter-based generator: the n-th number of a (seed, stream) pair does not depend on
/// who draws it or when, so the same seed gives the same bits on any number of threads.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.
public struct Philox: Sendable, Equatable {
  public let seed: UInt64
  public let stream: UInt64
  /// How many 64-bit numbers have been drawn; the whole state beside seed and stream.
  public private(set) var position: UInt64

  public init(seed: UInt64, stream: UInt64 = 0, position: UInt64 = 0) {
    self.seed = seed
    self.stream = stream
    self.position = position
  }

  /// What random numbers are drawn for: each purpose has streams of its own, so that one seed used everywhere gives
  /// independent states, unitaries and parameters.
  public enum Purpose: UInt64, Sendable {
    case haarState = 1
    case haarUnitary = 2
    case initialParameters = 3
    case shuffle = 4
  }

  /// The stream of the `index`-th random object of its kind.
  public static func stream(_ purpose: Purpose, _ index: Int) -> UInt64 {
    purpose.rawValue << 48 | UInt64(truncatingIfNeeded: index)
  }

  public mutating func nextUInt64() -> UInt64 {
    let block = Philox.block(
      counter: (
        UInt32(truncatingIfNeeded: position >> 1), UInt32(truncatingIfNeeded: position >> 33),
        UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)
      ),
      key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    let (low, high) = position & 1 == 0 ? (block.0, block.1) : (block.2, block.3)
    position &+= 1
    return UInt64(high) << 32 | UInt64(low)
  }

  /// Uniform in [0, 1), 53 bits.
  public mutating func uniform() -> Double { Double(nextUInt64() >> 11) * 0x1p-53 }

  /// Standard normal, by Box and Muller; draws two uniforms each time so that positions stay predictable.
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// Uniform in 0..<bound without modulo bias worth the name (bias below 2^-32 for bound < 2^32).
  public mutating func index(below bound: Int) -> Int {
    Int(nextUInt64().multipliedFullWidth(by: UInt64(bound)).high)
  }

  static func block(
    counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let a = UInt64(0xD251_1F53) &* UInt64(c.0)
      let b = UInt64(0xCD9E_8D57) &* UInt64(c.2)
      c = (
        UInt32(truncatingIfNeeded: b >> 32) ^ c.1 ^ k.0, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ c.3 ^ k.1, UInt32(truncatingIfNeeded: a)
      )
      k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
    }
    return c
  }
}
