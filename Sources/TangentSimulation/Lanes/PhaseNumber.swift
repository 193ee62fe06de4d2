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

extension Double: PhaseNumber {
  @inline(__always) init(lane: Lane) { self = lane[0] }
  @inline(__always) init(constant: Double) { self = constant }
  @inline(__always) var lane: Lane { Lane(repeating: self) }
}

extension Float: PhaseNumber {
  @inline(__always) init(lane: SingleLane) { self = lane[0] }
  @inline(__always) init(constant: Double) { self = Float(constant) }
  @inline(__always) var lane: SingleLane { SingleLane(repeating: self) }
}

extension Lane: PhaseNumber {
  @inline(__always) init(lane: Lane) { self = lane }
  @inline(__always) init(constant: Double) { self = Lane(repeating: constant) }
  @inline(__always) var lane: Lane { self }
}

extension SingleLane: PhaseNumber {
  @inline(__always) init(lane: SingleLane) { self = lane }
  @inline(__always) init(constant: Double) { self = SingleLane(repeating: Float(constant)) }
  @inline(__always) var lane: SingleLane { self }
}
