// Functions of four numbers at once. Nothing is fused, so that a random number has the same bits on every processor.

/// The natural logarithm of finite numbers from `Double.leastNormalMagnitude` on, to within one unit in the last place.
///
/// x = 2^k m with m between sqrt(1/2) and sqrt(2), and log m = f - f^2/2 + s (f^2/2 + R(s^2)) with f = m - 1 and
/// s = f / (2 + f), the polynomial R of fdlibm (e_log.c, Sun Microsystems 1993).
@inline(__always)
func logarithm(_ x: SIMD4<Double>) -> SIMD4<Double> {
  let rootOfHalf: UInt64 = 0x3FE6_A09E_667F_3BCD
  let shifted = unsafeBitCast(x, to: SIMD4<UInt64>.self) &+ (0x3FF0_0000_0000_0000 - rootOfHalf)
  // The biased exponent as the lowest bits of a double of 2^52.
  let exponent =
    unsafeBitCast(shifted &>> 52 | 0x4330_0000_0000_0000, to: SIMD4<Double>.self) - (0x1p52 + 1023)
  let f = unsafeBitCast((shifted & 0x000F_FFFF_FFFF_FFFF) &+ rootOfHalf, to: SIMD4<Double>.self) - 1
  let s = f / (2 + f)
  let z = s * s
  let w = z * z
  var odd = w * 1.479819860511658591e-01 + 1.818357216161805012e-01
  odd = w * odd + 2.857142874366239149e-01
  odd = w * odd + 6.666666666666735130e-01
  var even = w * 1.531383769920937332e-01 + 2.222219843214978396e-01
  even = w * even + 3.999999999940941908e-01
  let half = 0.5 * f * f
  let product = s * (half + (z * odd + w * even))
  return exponent * 6.93147180369123816490e-01
    - ((half - (product + exponent * 1.90821492927058770002e-10)) - f)
}

/// cos(2 pi t) for t between 0 and 1, to within 1.6 units in the last place: an angle in turns is reduced to an eighth
/// of one without rounding.
///
/// The polynomials are those of fdlibm (k_cos.c, k_sin.c, Sun Microsystems 1993).
@inline(__always)
func cosine(ofTurns t: SIMD4<Double>) -> SIMD4<Double> {
  // Adding 1.5 * 2^52 rounds to an integer and leaves it in the lowest bits.
  let shifted = 4 * t + 0x1.8p52
  let quadrant = unsafeBitCast(shifted, to: SIMD4<Int64>.self)
  let r = t - 0.25 * (shifted - 0x1.8p52)
  let x = r * (2 * Double.pi)
  let z = x * x
  var s = z * 1.58969099521155010221e-10 - 2.50507602534068634195e-08
  s = z * s + 2.75573137070700676789e-06
  s = z * s - 1.98412698298579493134e-04
  s = z * s + 8.33333333332248946124e-03
  s = z * s - 1.66666666666666324348e-01
  // The second term is what 2 pi has beyond a double.
  let sine = x + (z * x * s + r * 2.4492935982947064e-16)
  var c = z * -1.13596475577881948265e-11 + 2.08757232129817482790e-09
  c = z * c - 2.75573143513906633035e-07
  c = z * c + 2.48015872894767294178e-05
  c = z * c - 1.38888888888741095749e-03
  c = z * c + 4.16666666666666019037e-02
  let half = 0.5 * z
  let w = 1 - half
  var result = w + (z * z * c + ((1 - w) - half))
  // Quadrants 1 and 3 take the sine, 1 and 2 turn the sign.
  result.replace(with: sine, where: quadrant & 1 .== 1)
  result.replace(with: -result, where: (quadrant &+ 1) & 2 .== 2)
  return result
}
