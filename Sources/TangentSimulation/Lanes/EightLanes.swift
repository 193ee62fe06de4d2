import CTangentVector
import TangentNumerics

/// Eight doubles side by side, for processors with vectors of 512 bits.
typealias WideLane = SIMD8<Double>

/// Eight floats side by side: the lanes of single precision.
typealias SingleLane = SIMD8<Float>

/// A number of which eight make a lane vector. A type conforms to a protocol once, whatever its scalar, so doubles and
/// floats bring here what differs.
protocol EightLaneScalar: LaneScalar, SIMDScalar, Codable where SIMD8Storage: BitwiseCopyable {
  typealias Eight = SIMD8<Self>
  static var precision: Precision { get }
  static var mostUnscaled: Int { get }
  static var leastDeferredProduct: Self { get }
  static func narrow(_ wide: SIMD8<Double>) -> Eight
  static func widen(_ lanes: Eight) -> SIMD8<Double>
  static func add(_ a: Eight, _ b: Eight) -> Eight
  static func subtract(_ a: Eight, _ b: Eight) -> Eight
  static func multiply(_ a: Eight, _ b: Eight) -> Eight
  static func opposite(_ a: Eight) -> Eight
  static func fma(_ a: Eight, _ b: Eight, _ c: Eight) -> Eight
  static func fnma(_ a: Eight, _ b: Eight, _ c: Eight) -> Eight
  static func exchange(_ a: Eight, _ mask: Int) -> Eight
}

extension SIMD8: LaneVector, PhaseNumber where Scalar: EightLaneScalar {
  typealias Wide = SIMD8<Double>
  @inline(__always) init(rounding wide: SIMD8<Double>) { self = Scalar.narrow(wide) }
  @inline(__always) var wide: SIMD8<Double> { Scalar.widen(self) }
  @inline(__always) init(lane: Self) { self = lane }
  @inline(__always) init(constant: Double) { self.init(repeating: Scalar(constant)) }
  @inline(__always) var lane: Self { self }
  @inline(__always) static func + (a: Self, b: Self) -> Self { Scalar.add(a, b) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Scalar.subtract(a, b) }
  @inline(__always) static func * (a: Self, b: Self) -> Self { Scalar.multiply(a, b) }
  @inline(__always) static prefix func - (a: Self) -> Self { Scalar.opposite(a) }
  @inline(__always) static func fma(_ a: Self, _ b: Self, _ c: Self) -> Self { Scalar.fma(a, b, c) }
  @inline(__always) static func fnma(_ a: Self, _ b: Self, _ c: Self) -> Self { Scalar.fnma(a, b, c) }
  @inline(__always) func exchanged(_ mask: Int) -> Self { Scalar.exchange(self, mask) }
  static var precision: Precision { Scalar.precision }
  static var mostUnscaled: Int { Scalar.mostUnscaled }
  static var leastDeferredProduct: Scalar { Scalar.leastDeferredProduct }
}

extension Double: EightLaneScalar {
  static var precision: Precision { .double }
  static var mostUnscaled: Int { Lane.mostUnscaled }
  static var leastDeferredProduct: Double { Lane.leastDeferredProduct }
  @inline(__always) static func narrow(_ wide: WideLane) -> WideLane { wide }
  @inline(__always) static func widen(_ lanes: WideLane) -> WideLane { lanes }
  @inline(__always) static func add(_ a: WideLane, _ b: WideLane) -> WideLane { ctv_add8(a, b) }
  @inline(__always) static func subtract(_ a: WideLane, _ b: WideLane) -> WideLane { ctv_sub8(a, b) }
  @inline(__always) static func multiply(_ a: WideLane, _ b: WideLane) -> WideLane { ctv_mul8(a, b) }
  @inline(__always) static func opposite(_ a: WideLane) -> WideLane { ctv_neg8(a) }
  @inline(__always) static func fma(_ a: WideLane, _ b: WideLane, _ c: WideLane) -> WideLane {
    ctv_fma8(a, b, c)
  }
  @inline(__always) static func fnma(_ a: WideLane, _ b: WideLane, _ c: WideLane) -> WideLane {
    ctv_fnma8(a, b, c)
  }
  @inline(__always) static func exchange(_ a: WideLane, _ mask: Int) -> WideLane {
    mask == 1 ? ctv_exchange1_8(a) : mask == 2 ? ctv_exchange2_8(a) : ctv_exchange3_8(a)
  }
}

extension Float: EightLaneScalar {
  static var precision: Precision { .single }
  /// Those of one group: no cosine of a double is below 4e-19, so that two tangents, and what their cosines are times a
  /// sine, are just within the range of a float.
  static var mostUnscaled: Int { 3 }
  static var leastDeferredProduct: Float { 0x1p-60 }
  @inline(__always) static func narrow(_ wide: WideLane) -> SingleLane { ctv_round(wide) }
  @inline(__always) static func widen(_ lanes: SingleLane) -> WideLane { ctv_widen(lanes) }
  @inline(__always) static func add(_ a: SingleLane, _ b: SingleLane) -> SingleLane { ctv_addf(a, b) }
  @inline(__always) static func subtract(_ a: SingleLane, _ b: SingleLane) -> SingleLane { ctv_subf(a, b) }
  @inline(__always) static func multiply(_ a: SingleLane, _ b: SingleLane) -> SingleLane { ctv_mulf(a, b) }
  @inline(__always) static func opposite(_ a: SingleLane) -> SingleLane { ctv_negf(a) }
  @inline(__always) static func fma(_ a: SingleLane, _ b: SingleLane, _ c: SingleLane) -> SingleLane {
    ctv_fmaf(a, b, c)
  }
  @inline(__always) static func fnma(_ a: SingleLane, _ b: SingleLane, _ c: SingleLane) -> SingleLane {
    ctv_fnmaf(a, b, c)
  }
  @inline(__always) static func exchange(_ a: SingleLane, _ mask: Int) -> SingleLane {
    mask == 1 ? ctv_exchange1f(a) : mask == 2 ? ctv_exchange2f(a) : ctv_exchange3f(a)
  }
}
