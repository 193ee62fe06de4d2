/// Doubles side by side, one for each lane, and what is done with all of them at once.
protocol LaneVector: BitwiseCopyable {
  static var count: Int { get }

  init(_ value: Double)
  /// `count` numbers that follow each other, at any address.
  init(at pointer: UnsafePointer<Double>)

  subscript(lane: Int) -> Double { get }
  mutating func set(_ lane: Int, _ value: Double)

  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  /// a * b + c
  static func fma(_ a: Self, _ b: Self, _ c: Self) -> Self
  var squareRoot: Self { get }
  var magnitude: Self { get }
  func withSign(of other: Self) -> Self
  func clamped(_ least: Self, _ most: Self) -> Self
  func atLeast(_ least: Self) -> Self
  /// Lane by lane `yes` where a < b, else `no`.
  static func choose(_ a: Self, lessThan b: Self, _ yes: Self, else no: Self) -> Self
}
