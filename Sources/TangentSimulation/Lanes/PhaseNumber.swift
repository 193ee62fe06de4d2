import TangentNumerics

/// A phase table's number: one for all lanes, or one a lane.
protocol PhaseNumber {
  associatedtype Vector: LaneVector
  static func * (a: Self, b: Self) -> Self
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  init(lane: Vector)
  init(constant: Double)
  var lane: Vector { get }
}

extension Lane: PhaseNumber {
  @inline(__always) init(lane: Lane) { self = lane }
  @inline(__always) init(constant: Double) { self = Lane(repeating: constant) }
  @inline(__always) var lane: Lane { self }
}
