/// The reflector H = 1 - tau v v^dagger, v[0] = 1, with H^dagger x = beta e_0 and beta real (LAPACK's zlarfg).
struct HouseholderReflector {
  let tauRe: Double
  let tauIm: Double
  let beta: Double

  /// Of tau = 0.
  static let identity = HouseholderReflector(tauRe: 0, tauIm: 0, beta: 0)

  private init(tauRe: Double, tauIm: Double, beta: Double) {
    (self.tauRe, self.tauIm, self.beta) = (tauRe, tauIm, beta)
  }

  /// Overwrites x (`count` entries, planes `re` and `im`) with v.
  init(count: Int, re: UnsafeMutablePointer<Double>, im: UnsafeMutablePointer<Double>) {
    var tail = 0.0
    for k in 1..<max(count, 1) { tail += re[k] * re[k] + im[k] * im[k] }
    let (a, b) = (re[0], im[0])
    if tail == 0 && b == 0 {
      (tauRe, tauIm, beta) = (0, 0, a)
    } else {
      let norm = (a * a + b * b + tail).squareRoot()
      beta = a > 0 ? -norm : norm
      (tauRe, tauIm) = ((beta - a) / beta, -b / beta)
      let modulus = (a - beta) * (a - beta) + b * b
      let (sRe, sIm) = ((a - beta) / modulus, -b / modulus)
      for k in 1..<max(count, 1) {
        (re[k], im[k]) = (re[k] * sRe - im[k] * sIm, re[k] * sIm + im[k] * sRe)
      }
    }
    re[0] = 1
    im[0] = 0
  }

  /// y -= factor v (v^dagger y), factor = tau for H and its conjugate for H^dagger.
  static func apply(
    factorRe: Double, factorIm: Double, count: Int, vRe: UnsafePointer<Double>, vIm: UnsafePointer<Double>,
    re: UnsafeMutablePointer<Double>, im: UnsafeMutablePointer<Double>
  ) {
    let sum = ComplexVector.innerProduct(count, vRe, vIm, re, im)
    subtract(factorRe, factorIm, times: sum, count, vRe, vIm, re, im)
  }

  /// H y, or H^dagger y if it is `conjugated`, for each of these columns y, which begin `stride` apart; two at a time.
  func apply(
    conjugated: Bool, count: Int, vRe: UnsafePointer<Double>, vIm: UnsafePointer<Double>, columns: Range<Int>,
    re: UnsafeMutablePointer<Double>, im: UnsafeMutablePointer<Double>, stride: Int
  ) {
    let (factorRe, factorIm) = (tauRe, conjugated ? -tauIm : tauIm)
    var j = columns.lowerBound
    while j + 2 <= columns.upperBound {
      let (x, y) = (j * stride, (j + 1) * stride)
      let sums = ComplexVector.innerProducts(count, vRe, vIm, re + x, im + x, re + y, im + y)
      HouseholderReflector.subtract(factorRe, factorIm, times: sums.x, count, vRe, vIm, re + x, im + x)
      HouseholderReflector.subtract(factorRe, factorIm, times: sums.y, count, vRe, vIm, re + y, im + y)
      j += 2
    }
    if j < columns.upperBound {
      HouseholderReflector.apply(
        factorRe: factorRe, factorIm: factorIm, count: count, vRe: vRe, vIm: vIm, re: re + j * stride,
        im: im + j * stride)
    }
  }

  @inline(__always)
  private static func subtract(
    _ factorRe: Double, _ factorIm: Double, times sum: (re: Double, im: Double), _ count: Int,
    _ vRe: UnsafePointer<Double>, _ vIm: UnsafePointer<Double>, _ re: UnsafeMutablePointer<Double>,
    _ im: UnsafeMutablePointer<Double>
  ) {
    ComplexVector.add(
      count, -(factorRe * sum.re - factorIm * sum.im), -(factorRe * sum.im + factorIm * sum.re), vRe, vIm, re,
      im)
  }
}
