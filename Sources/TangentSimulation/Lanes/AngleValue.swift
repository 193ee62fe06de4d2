import TangentNumerics

/// What the passes read of an elementary angle: its cosine, sine and tangent, computed in doubles and rounded once. A
/// spectral slot's `cosine` is the plain angle instead, its `sine` what rounding took from that, and its tangent is not
/// read.
struct AngleValue<L: LaneVector>: BitwiseCopyable {
  var cosine: L
  var sine: L
  var tangent: L

  static var lanes: Int { 3 }

  @inline(__always)
  init(_ angle: L.Wide, isSpectral: Bool) {
    if isSpectral {
      cosine = L(rounding: angle)
      sine = L(rounding: angle - cosine.wide)
      tangent = .zero
      return
    }
    let (s, c) = angle.sineAndCosine
    cosine = L(rounding: c)
    sine = L(rounding: s)
    tangent = L(rounding: s / c)
  }

  /// The same angle in all lanes, given what `init(_:isSpectral:)` makes of it in one lane.
  @inline(__always)
  init(repeating lane: Int, of value: AngleValue) {
    cosine = L(repeating: value.cosine[lane])
    sine = L(repeating: value.sine[lane])
    tangent = L(repeating: value.tangent[lane])
  }

  /// The angle of a spectral slot.
  @inline(__always)
  var plainAngle: L.Wide { cosine.wide + sine.wide }
}
