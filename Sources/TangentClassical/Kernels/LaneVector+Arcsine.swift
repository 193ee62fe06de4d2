extension LaneVector {
  /// asin of numbers from -1 to 1, off by at most two units in the last place.
  ///
  /// Up to 1/2 as a polynomial, beyond it by asin x = pi/2 - 2 asin sqrt((1 - x)/2). The polynomial interpolates
  /// asin(sqrt z)/sqrt z at the Chebyshev points of 0 <= z <= 1/4, off by 2e-17.
  @inline(__always) var arcsine: Self {
    let size = magnitude
    let half = Self(0.5)
    let small = size * size
    let z = Self.choose(half, lessThan: size, (Self(1) - size) * half, else: small)
    let root = Self.choose(half, lessThan: size, z.squareRoot, else: size)
    // Estrin's scheme: short chains.
    let z2 = z * z
    let z4 = z2 * z2
    let z8 = z4 * z4
    let a = Self.pair(0x1.55555555552e8p-3, 0x1.3333333376f72p-4, z)
    let b = Self.pair(0x1.6db6db3f6ab67p-5, 0x1.f1c72cd28e80ep-6, z)
    let c = Self.pair(0x1.6e89eb5d53be8p-6, 0x1.1c6c3174d2c6cp-6, z)
    let d = Self.pair(0x1.c6fa80ecbc528p-7, 0x1.8eca859efd756p-7, z)
    let e = Self.pair(0x1.abe782937810cp-8, 0x1.3fb56afe1f551p-6, z)
    let f = Self.pair(-0x1.0936d81a7fa7ap-6, 0x1.0528696a694a6p-5, z)
    let low = Self.fma(Self.fma(d, z2, c), z4, Self.fma(b, z2, a))
    let near = Self.fma(root * z, Self.fma(Self.fma(f, z2, e), z8, low), root)
    let far = Self.fma(Self(-2), near, Self(.pi / 2))
    return Self.choose(half, lessThan: size, far, else: near).withSign(of: self)
  }

  /// low + high z
  @inline(__always) private static func pair(_ low: Double, _ high: Double, _ z: Self) -> Self {
    fma(Self(high), z, Self(low))
  }
}
