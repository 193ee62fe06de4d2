import CTangentVector

/// Eight doubles in two registers: two chains of dependent operations keep the processor busier than one.
struct Octet: LaneVector {
  var low: SIMD4<Double>
  var high: SIMD4<Double>

  static let count = 8

  @inline(__always) init(_ low: SIMD4<Double>, _ high: SIMD4<Double>) {
    self.low = low
    self.high = high
  }

  @inline(__always) init(_ value: Double) {
    low = SIMD4(repeating: value)
    high = low
  }

  /// Eight numbers that follow each other, at any address.
  @inline(__always) init(at pointer: UnsafePointer<Double>) {
    let raw = UnsafeRawPointer(pointer)
    low = raw.loadUnaligned(as: SIMD4<Double>.self)
    high = raw.loadUnaligned(fromByteOffset: 32, as: SIMD4<Double>.self)
  }

  @inline(__always) subscript(lane: Int) -> Double { lane < 4 ? low[lane] : high[lane - 4] }

  @inline(__always) func store(at pointer: UnsafeMutablePointer<Double>) {
    let raw = UnsafeMutableRawPointer(pointer)
    raw.storeBytes(of: low, as: SIMD4<Double>.self)
    raw.storeBytes(of: high, toByteOffset: 32, as: SIMD4<Double>.self)
  }

  /// The eight numbers' sum, in one fixed order.
  @inline(__always) var sum: Double { (low + high).sum() }

  mutating func set(_ lane: Int, _ value: Double) {
    if lane < 4 { low[lane] = value } else { high[lane - 4] = value }
  }

  @inline(__always) static func + (a: Octet, b: Octet) -> Octet {
    Octet(ctv_add(a.low, b.low), ctv_add(a.high, b.high))
  }

  @inline(__always) static func - (a: Octet, b: Octet) -> Octet {
    Octet(ctv_sub(a.low, b.low), ctv_sub(a.high, b.high))
  }

  @inline(__always) static func * (a: Octet, b: Octet) -> Octet {
    Octet(ctv_mul(a.low, b.low), ctv_mul(a.high, b.high))
  }

  @inline(__always) static func / (a: Octet, b: Octet) -> Octet {
    Octet(ctv_div(a.low, b.low), ctv_div(a.high, b.high))
  }

  /// a * b + c
  @inline(__always) static func fma(_ a: Octet, _ b: Octet, _ c: Octet) -> Octet {
    Octet(ctv_fma(a.low, b.low, c.low), ctv_fma(a.high, b.high, c.high))
  }

  @inline(__always) var squareRoot: Octet { Octet(ctv_sqrt(low), ctv_sqrt(high)) }

  @inline(__always) var magnitude: Octet { Octet(ctv_abs(low), ctv_abs(high)) }

  @inline(__always) func withSign(of other: Octet) -> Octet {
    Octet(ctv_copysign(low, other.low), ctv_copysign(high, other.high))
  }

  @inline(__always) func clamped(_ least: Octet, _ most: Octet) -> Octet {
    Octet(
      ctv_min(ctv_max(low, least.low), most.low), ctv_min(ctv_max(high, least.high), most.high))
  }

  @inline(__always) func atLeast(_ least: Octet) -> Octet {
    Octet(ctv_max(low, least.low), ctv_max(high, least.high))
  }

  /// Lane by lane `yes` where a < b, else `no`.
  @inline(__always) static func choose(_ a: Octet, lessThan b: Octet, _ yes: Octet, else no: Octet) -> Octet {
    Octet(
      ctv_where_less(a.low, b.low, yes.low, no.low), ctv_where_less(a.high, b.high, yes.high, no.high))
  }
}
