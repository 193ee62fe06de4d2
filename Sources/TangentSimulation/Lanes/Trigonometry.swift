import CTangentVector
import TangentNumerics

/// Sine and cosine of four angles at once, to within two units in the last place (the reduced angle is rounded once).
///
/// Range reduction by pi/2 in three parts, 33 bits in each of the first two, so that their products with the quadrant
/// are exact, and the polynomials of fdlibm on [-pi/4, pi/4]. Angles beyond 2^19 go to the C library.
@inline(__always)
func sineAndCosine(_ x: Lane) -> (sine: Lane, cosine: Lane) {
  let isSmall = x .< 524_288 .& x .> -524_288
  // NaN is in neither range.
  guard all(isSmall) else { return librarySineAndCosine(x) }
  // Adding 1.5 * 2^52 rounds to an integer and leaves it in the lowest bits.
  let shifted = ctv_fma(x, Lane(repeating: 0.63661977236758134308), Lane(repeating: 0x1.8p52))
  let quadrant = shifted - 0x1.8p52
  let number = unsafeBitCast(shifted, to: SIMD4<Int64>.self)
  var r = x - quadrant * 1.57079632673412561417
  r -= quadrant * 6.07710050630396597660e-11
  r -= quadrant * 2.02226624879595063154e-21
  let z = r * r
  var s = ctv_fma(
    z, Lane(repeating: 1.58969099521155010221e-10), Lane(repeating: -2.50507602534068634195e-08))
  s = ctv_fma(z, s, Lane(repeating: 2.75573137070700676789e-06))
  s = ctv_fma(z, s, Lane(repeating: -1.98412698298579493134e-04))
  s = ctv_fma(z, s, Lane(repeating: 8.33333333332248946124e-03))
  s = ctv_fma(z, s, Lane(repeating: -1.66666666666666324348e-01))
  s = ctv_fma(z * r, s, r)
  var c = ctv_fma(
    z, Lane(repeating: -1.13596475577881948265e-11), Lane(repeating: 2.08757232129817482790e-09))
  c = ctv_fma(z, c, Lane(repeating: -2.75573143513906633035e-07))
  c = ctv_fma(z, c, Lane(repeating: 2.48015872894767294178e-05))
  c = ctv_fma(z, c, Lane(repeating: -1.38888888888741095749e-03))
  c = ctv_fma(z, c, Lane(repeating: 4.16666666666666019037e-02))
  let half = 0.5 * z
  let w = 1 - half
  c = w + ctv_fma(z * z, c, (1 - w) - half)
  // Quadrants 1 and 3 exchange sine and cosine; 2 and 3 turn the sine's sign, 1 and 2 the cosine's.
  let isOdd = number & 1 .== 1
  var (sine, cosine) = (s, c)
  sine.replace(with: c, where: isOdd)
  cosine.replace(with: s, where: isOdd)
  sine.replace(with: -sine, where: number & 2 .== 2)
  cosine.replace(with: -cosine, where: (number &+ 1) & 2 .== 2)
  return (sine, cosine)
}

@inline(never)
private func librarySineAndCosine(_ x: Lane) -> (sine: Lane, cosine: Lane) {
  var (s, c) = (Lane.zero, Lane.zero)
  for lane in 0..<Lane.scalarCount {
    var (sine, cosine) = (0.0, 0.0)
    ctv_sincos(x[lane], &sine, &cosine)
    s[lane] = sine
    c[lane] = cosine
  }
  return (s, c)
}
