/// Two octets: a recursion whose steps depend on each other leaves room for four chains beside each other.
struct Sixteen: LaneVector {
  var low: Octet
  var high: Octet

  static let count = 2 * Octet.count

  @inline(__always) init(_ low: Octet, _ high: Octet) {
    self.low = low
    self.high = high
  }

  @inline(__always) init(_ value: Double) {
    low = Octet(value)
    high = low
  }

  @inline(__always) init(at pointer: UnsafePointer<Double>) {
    low = Octet(at: pointer)
    high = Octet(at: pointer + Octet.count)
  }

  @inline(__always) subscript(lane: Int) -> Double {
    lane < Octet.count ? low[lane] : high[lane - Octet.count]
  }

  mutating func set(_ lane: Int, _ value: Double) {
    if lane < Octet.count { low.set(lane, value) } else { high.set(lane - Octet.count, value) }
  }

  @inline(__always) static func + (a: Sixteen, b: Sixteen) -> Sixteen {
    Sixteen(a.low + b.low, a.high + b.high)
  }

  @inline(__always) static func - (a: Sixteen, b: Sixteen) -> Sixteen {
    Sixteen(a.low - b.low, a.high - b.high)
  }

  @inline(__always) static func * (a: Sixteen, b: Sixteen) -> Sixteen {
    Sixteen(a.low * b.low, a.high * b.high)
  }

  @inline(__always) static func / (a: Sixteen, b: Sixteen) -> Sixteen {
    Sixteen(a.low / b.low, a.high / b.high)
  }

  @inline(__always) static func fma(_ a: Sixteen, _ b: Sixteen, _ c: Sixteen) -> Sixteen {
    Sixteen(Octet.fma(a.low, b.low, c.low), Octet.fma(a.high, b.high, c.high))
  }

  @inline(__always) var squareRoot: Sixteen {
    Sixteen(low.squareRoot, high.squareRoot)
  }

  @inline(__always) var magnitude: Sixteen {
    Sixteen(low.magnitude, high.magnitude)
  }

  @inline(__always) func withSign(of other: Sixteen) -> Sixteen {
    Sixteen(low.withSign(of: other.low), high.withSign(of: other.high))
  }

  @inline(__always) func clamped(_ least: Sixteen, _ most: Sixteen) -> Sixteen {
    Sixteen(low.clamped(least.low, most.low), high.clamped(least.high, most.high))
  }

  @inline(__always) func atLeast(_ least: Sixteen) -> Sixteen {
    Sixteen(low.atLeast(least.low), high.atLeast(least.high))
  }

  @inline(__always) static func choose(
    _ a: Sixteen, lessThan b: Sixteen, _ yes: Sixteen, else no: Sixteen
  ) -> Sixteen {
    Sixteen(
      Octet.choose(a.low, lessThan: b.low, yes.low, else: no.low),
      Octet.choose(a.high, lessThan: b.high, yes.high, else: no.high))
  }
}
