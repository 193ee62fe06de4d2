import TangentNumerics

/// One number for all lanes of a vector.
struct Uniform<Vector: LaneVector>: PhaseNumber, MatrixNumber {
  let value: Vector.Scalar

  @inline(__always) init(_ value: Vector.Scalar) { self.value = value }
  @inline(__always) init(lane: Vector) { self.init(lane[0]) }
  @inline(__always) init(constant: Double) { self.init(Vector.Scalar(constant)) }
  @inline(__always) var lane: Vector { Vector(repeating: value) }

  @inline(__always) static func * (a: Self, b: Self) -> Self { Self(a.value * b.value) }
  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.value + b.value) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.value - b.value) }
}
