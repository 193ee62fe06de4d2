/// An activation's expectations of as many pairs of neurons as there are lanes.
protocol LaneActivation {
  /// - Parameters:
  ///   - covariance: K3.
  ///   - amplitude, inverse: products of both neurons' entries of `Activation.tables`; lanes that are out of use have
  ///     zeros and give (0, 0).
  static func expectations<Lanes: LaneVector>(covariance: Lanes, amplitude: Lanes, inverse: Lanes) -> (
    value: Lanes, slope: Lanes
  )
}

enum RectifiedLanes: LaneActivation {
  /// With correlation c: V = sqrt(K1 K2)/(2 pi) (c (pi - acos c) + sqrt((1 - c)(1 + c))), V' = (pi - acos c)/(2 pi).
  @inline(__always) static func expectations<Lanes: LaneVector>(
    covariance: Lanes, amplitude: Lanes, inverse: Lanes
  ) -> (value: Lanes, slope: Lanes) {
    let one = Lanes(1)
    let clamped = (covariance * inverse).clamped(Lanes(-1), one)
    // acos has an infinite slope at 1: one rounding there would cost half of the digits of two equal sequences.
    let correlation = Lanes.choose(Lanes(1 - 4 * 0x1p-52), lessThan: clamped, one, else: clamped)
    let angle = correlation.arcsine + Lanes(.pi / 2)
    let sine = ((one - correlation) * (one + correlation)).squareRoot
    let scale = Lanes(0.5 / .pi)
    let value = amplitude * scale * Lanes.fma(correlation, angle, sine)
    let slope = Lanes.choose(Lanes(0), lessThan: inverse, scale * angle, else: Lanes(0))
    return (value, slope)
  }
}

enum ErrorFunctionLanes: LaneActivation {
  /// With q = 2 K3/sqrt((1 + 2 K1)(1 + 2 K2)): V = 2/pi asin q, V' = 4/pi /sqrt((1 + 2 K1)(1 + 2 K2) (1 - q^2)).
  @inline(__always) static func expectations<Lanes: LaneVector>(
    covariance: Lanes, amplitude: Lanes, inverse: Lanes
  ) -> (value: Lanes, slope: Lanes) {
    let one = Lanes(1)
    let q = (covariance * inverse).clamped(Lanes(-1), one)
    // The radicand is at least 1 before it is divided by (1 + 2 K1)(1 + 2 K2); inverse is 2/sqrt of that.
    let half = Lanes(0.5) * inverse
    let radicand = ((one - q) * (one + q)).atLeast(half * half)
    let used = Lanes.choose(Lanes(0), lessThan: inverse, radicand, else: one)
    return (amplitude * Lanes(2 / .pi) * q.arcsine, Lanes(4 / .pi) * half / used.squareRoot)
  }
}
