import CTangentVector

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
    case pauliWalk = 5
    case shots = 6
  }

  /// The stream of the `index`-th random object of its kind.
  public static func stream(_ purpose: Purpose, _ index: Int) -> UInt64 {
    purpose.rawValue << 48 | UInt64(truncatingIfNeeded: index)
  }

  public mutating func nextUInt64() -> UInt64 {
    let block = block
    let (low, high) = position & 1 == 0 ? (block.0, block.1) : (block.2, block.3)
    position &+= 1
    return UInt64(high) << 32 | UInt64(low)
  }

  /// The words of the next number and of the one beside it.
  private var block: (UInt32, UInt32, UInt32, UInt32) {
    Philox.block(
      counter: (
        UInt32(truncatingIfNeeded: position >> 1), UInt32(truncatingIfNeeded: position >> 33),
        UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)
      ),
      key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
  }

  /// Two calls of `uniform()`, from an even position on.
  mutating func pair() -> (Double, Double) {
    let block = block
    position &+= 2
    return (
      Philox.uniform(UInt64(block.1) << 32 | UInt64(block.0)),
      Philox.uniform(UInt64(block.3) << 32 | UInt64(block.2))
    )
  }

  /// Uniform in [0, 1), 53 bits.
  public mutating func uniform() -> Double { Philox.uniform(nextUInt64()) }

  /// Standard normal, by Box and Muller; draws two uniforms each time so that positions stay predictable.
  public mutating func normal() -> Double {
    let (first, second) = (nextUInt64(), nextUInt64())
    return Philox.normals(SIMD4(repeating: first), SIMD4(repeating: second))[0]
  }

  /// As many calls of `normal()`, four at a time.
  public mutating func fill(normals: UnsafeMutableBufferPointer<Double>) {
    var k = 0
    // From here on the two numbers of a block become one normal.
    while k < normals.count && (position & 1 != 0 || normals.count - k < 4) {
      normals[k] = normal()
      k += 1
    }
    while k + 4 <= normals.count {
      let indices = SIMD4<UInt64>(repeating: position >> 1) &+ SIMD4<UInt64>(0, 1, 2, 3)
      let (first, second) = Philox.fourBlocks(indices, stream: stream, seed: seed)
      let four = Philox.normals(first, second)
      for lane in 0..<4 { normals[k + lane] = four[lane] }
      position &+= 8
      k += 4
    }
    while k < normals.count {
      normals[k] = normal()
      k += 1
    }
  }

  @inline(__always)
  private static func normals(_ first: SIMD4<UInt64>, _ second: SIMD4<UInt64>) -> SIMD4<Double> {
    ctv_sqrt(-2 * logarithm(1 - uniform(first))) * cosine(ofTurns: uniform(second))
  }

  @inline(__always)
  private static func uniform(_ number: UInt64) -> Double { Double(number >> 11) * 0x1p-53 }

  /// The same of four: the upper 21 and the lower 32 bits as the lowest ones of doubles, since few processors convert more.
  @inline(__always)
  static func uniform(_ number: SIMD4<UInt64>) -> SIMD4<Double> {
    let upper = unsafeBitCast(number &>> 43 | 0x4530_0000_0000_0000, to: SIMD4<Double>.self)
    let lower = unsafeBitCast((number &>> 11) & 0xFFFF_FFFF | 0x4330_0000_0000_0000, to: SIMD4<Double>.self)
    return ((upper - (0x1p84 + 0x1p52)) + lower) * 0x1p-53
  }

  /// Uniform in 0..<bound without modulo bias worth the name (bias below 2^-32 for bound < 2^32).
  public mutating func index(below bound: Int) -> Int {
    Int(nextUInt64().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Both numbers of four blocks.
  @inline(__always)
  static func fourBlocks(
    _ indices: SIMD4<UInt64>, stream: UInt64, seed: UInt64
  ) -> (first: SIMD4<UInt64>, second: SIMD4<UInt64>) {
    // Words of 32 bits in lanes of 64, whose products need all of them.
    let word = SIMD4<UInt64>(repeating: 0xFFFF_FFFF)
    var (c0, c1) = (indices & word, indices &>> 32)
    var (c2, c3) = (SIMD4<UInt64>(repeating: stream & 0xFFFF_FFFF), SIMD4<UInt64>(repeating: stream >> 32))
    var (k0, k1) = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    for _ in 0..<10 {
      let a = (c0 & word) &* SIMD4<UInt64>(repeating: 0xD251_1F53)
      let b = (c2 & word) &* SIMD4<UInt64>(repeating: 0xCD9E_8D57)
      c0 = (b &>> 32) ^ c1 ^ SIMD4<UInt64>(repeating: UInt64(k0))
      c1 = b & word
      c2 = (a &>> 32) ^ c3 ^ SIMD4<UInt64>(repeating: UInt64(k1))
      c3 = a & word
      (k0, k1) = (k0 &+ 0x9E37_79B9, k1 &+ 0xBB67_AE85)
    }
    return (c1 &<< 32 | c0, c3 &<< 32 | c2)
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
