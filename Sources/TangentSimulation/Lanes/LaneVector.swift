import CTangentVector
import TangentNumerics

/// The lanes of a block: four doubles, eight where the processor has vectors so wide, or eight floats in single precision.
/// Every pass is compiled for all of them.
///
/// The operators are those of single instructions: in generic code those of `SIMD` go number by number.
protocol LaneVector: SIMD, BitwiseCopyable, PhaseNumber
where Vector == Self, Scalar: LaneScalar {
  /// As many doubles: angles before they are rounded, and sums that leave the block.
  associatedtype Wide: DoubleLanes

  static var precision: Precision { get }

  init(rounding wide: Wide)
  var wide: Wide { get }

  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static prefix func - (a: Self) -> Self
  /// a * b + c
  static func fma(_ a: Self, _ b: Self, _ c: Self) -> Self
  /// c - a * b
  static func fnma(_ a: Self, _ b: Self, _ c: Self) -> Self

  /// Lanes j and j ^ mask change places; the mask is 1, 2 or 3.
  func exchanged(_ mask: Int) -> Self

  /// So many rotations of a pass may go unscaled before one takes all their cosines.
  static var mostUnscaled: Int { get }
  /// The smallest product of cosines that may wait for the next diagonal pass; psi is too large in between.
  static var leastDeferredProduct: Scalar { get }
}

extension LaneVector {
  @inline(__always) static func += (a: inout Self, b: Self) { a = a + b }
}

extension Lane: LaneVector {
  @inline(__always) init(rounding wide: Lane) { self = wide }
  @inline(__always) var wide: Lane { self }
  @inline(__always) static func + (a: Lane, b: Lane) -> Lane { ctv_add(a, b) }
  @inline(__always) static func - (a: Lane, b: Lane) -> Lane { ctv_sub(a, b) }
  @inline(__always) static func * (a: Lane, b: Lane) -> Lane { ctv_mul(a, b) }
  @inline(__always) static prefix func - (a: Lane) -> Lane { ctv_neg(a) }
  @inline(__always) static func fma(_ a: Lane, _ b: Lane, _ c: Lane) -> Lane { ctv_fma(a, b, c) }
  @inline(__always) static func fnma(_ a: Lane, _ b: Lane, _ c: Lane) -> Lane { ctv_fnma(a, b, c) }
  @inline(__always) func exchanged(_ mask: Int) -> Lane {
    mask == 1 ? ctv_exchange1(self) : mask == 2 ? ctv_exchange2(self) : ctv_exchange3(self)
  }
  static var precision: Precision { .double }
  static var mostUnscaled: Int { Scaling.mostDeferred }
  static var leastDeferredProduct: Double { 0 }
}

/// One lane's number.
protocol LaneScalar: BinaryFloatingPoint, BitwiseCopyable {
  static func entries(of constants: Constants) -> UnsafePointer<Self>
}

extension Double: LaneScalar {
  @inline(__always) static func entries(of constants: Constants) -> UnsafePointer<Double> { constants.double }
}

extension Float: LaneScalar {
  @inline(__always) static func entries(of constants: Constants) -> UnsafePointer<Float> { constants.single! }
}
