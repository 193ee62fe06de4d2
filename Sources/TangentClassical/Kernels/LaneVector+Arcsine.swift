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

  /// asin of cosines whose sine, sqrt(1 - x^2), is known: no further root. Off by at most two units in the last place.
  ///
  /// Up to sqrt(1/2) as a polynomial in the cosine, beyond it as pi/2 - asin of the sine. The polynomial interpolates
  /// (asin(sqrt z)/sqrt z - 1)/z at the Chebyshev points of 0 <= z <= 1/2, off by 4e-18 in the arc.
  @inline(__always) static func arcsine(_ cosine: Self, sine: Self) -> Self {
    let size = cosine.magnitude
    let x = choose(sine, lessThan: size, sine, else: size)
    let z = x * x
    let z2 = z * z
    let z4 = z2 * z2
    let z8 = z4 * z4
    let p0 = pair(0x1.5555555555555p-3, 0x1.33333333333fdp-4, z)
    let p1 = pair(0x1.6db6db6d9cb4ep-5, 0x1.f1c71c873c3a0p-6, z)
    let p2 = pair(0x1.6e8b9e43b79f6p-6, 0x1.1c4f61c37248fp-6, z)
    let p3 = pair(0x1.c97e21e9d9b38p-7, 0x1.7c378ac51015ap-7, z)
    let p4 = pair(0x1.2c88d8fa2af7bp-7, 0x1.b87c863ff9091p-7, z)
    let p5 = pair(-0x1.a324ac8fdc088p-6, 0x1.5e3e186d8782ap-3, z)
    let p6 = pair(-0x1.426c6b39afd60p-1, 0x1.e578b438398ffp+0, z)
    let p7 = pair(-0x1.130d8981f6dd9p+2, 0x1.d6f693216410dp+2, z)
    let p8 = pair(-0x1.2514e6b1c6facp+3, 0x1.f884c2475d06dp+2, z)
    let p9 = pair(-0x1.0ced50ffed023p+2, 0x1.10d08a2f7c913p+0, z)
    let low = fma(fma(p3, z2, p2), z4, fma(p1, z2, p0))
    let middle = fma(fma(p7, z2, p6), z4, fma(p5, z2, p4))
    let high = fma(p9, z2, p8)
    let near = fma(x * z, fma(fma(high, z8, middle), z8, low), x)
    let far = Self(.pi / 2) - near
    return choose(sine, lessThan: size, far, else: near).withSign(of: cosine)
  }

  /// low + high z
  @inline(__always) private static func pair(_ low: Double, _ high: Double, _ z: Self) -> Self {
    fma(Self(high), z, Self(low))
  }
}
