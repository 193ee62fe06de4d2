import TangentNumerics

/// An entry's real or imaginary part: one number for all lanes (`Uniform`), or one for even and one for odd lanes.
protocol MatrixNumber: BitwiseCopyable {
  associatedtype Vector: LaneVector
  var lane: Vector { get }
}

extension SIMD2<Double>: MatrixNumber {
  @inline(__always) var lane: Lane { Lane(lowHalf: self, highHalf: self) }
}
