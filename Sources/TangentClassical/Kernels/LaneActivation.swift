/// An activation's expectations of eight pairs of neurons.
protocol LaneActivation {
  /// - Parameters:
  ///   - covariance: K3.
  ///   - amplitude, inverse: products of both neurons' entries of `Activation.tables`; lanes that are out of use have
  ///     zeros and give (0, 0).
  static func expectations(covariance: Octet, amplitude: Octet, inverse: Octet) -> (
    value: Octet, slope: Octet
  )
}

enum RectifiedLanes: LaneActivation {
  /// With correlation c: V = sqrt(K1 K2)/(2 pi) (c (pi - acos c) + sqrt((1 - c)(1 + c))), V' = (pi - acos c)/(2 pi).
  @inline(__always) static func expectations(
    covariance: Octet, amplitude: Octet, inverse: Octet
  ) -> (value: Octet, slope: Octet) {
    let one = Octet(1)
    let clamped = (covariance * inverse).clamped(Octet(-1), one)
    // acos has an infinite slope at 1: one rounding there would cost half of the digits of two equal sequences.
    let correlation = Octet.choose(Octet(1 - 4 * 0x1p-52), lessThan: clamped, one, else: clamped)
    let angle = correlation.arcsine + Octet(.pi / 2)
    let sine = ((one - correlation) * (one + correlation)).squareRoot
    let scale = Octet(0.5 / .pi)
    let value = amplitude * scale * Octet.fma(correlation, angle, sine)
    let slope = Octet.choose(Octet(0), lessThan: inverse, scale * angle, else: Octet(0))
    return (value, slope)
  }
}

enum ErrorFunctionLanes: LaneActivation {
  /// With q = 2 K3/sqrt((1 + 2 K1)(1 + 2 K2)): V = 2/pi asin q, V' = 4/pi /sqrt((1 + 2 K1)(1 + 2 K2) (1 - q^2)).
  @inline(__always) static func expectations(
    covariance: Octet, amplitude: Octet, inverse: Octet
  ) -> (value: Octet, slope: Octet) {
    let one = Octet(1)
    let q = (covariance * inverse).clamped(Octet(-1), one)
    // The radicand is at least 1 before it is divided by (1 + 2 K1)(1 + 2 K2); inverse is 2/sqrt of that.
    let half = Octet(0.5) * inverse
    let radicand = ((one - q) * (one + q)).atLeast(half * half)
    let used = Octet.choose(Octet(0), lessThan: inverse, radicand, else: one)
    return (amplitude * Octet(2 / .pi) * q.arcsine, Octet(4 / .pi) * half / used.squareRoot)
  }
}
