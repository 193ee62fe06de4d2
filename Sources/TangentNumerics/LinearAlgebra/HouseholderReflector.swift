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

  /// Below it squares lose digits, or vanish, on their way to the norm.
  private static let leastSquare = 0x1p-900

  /// Overwrites x (`count` entries, planes `re` and `im`) with v.
  init(count: Int, re: UnsafeMutablePointer<Double>, im: UnsafeMutablePointer<Double>) {
    var tail = HouseholderReflector.squares(1..<max(count, 1), re, im)
    var size = 1.0
    if tail + re[0] * re[0] + im[0] * im[0] < HouseholderReflector.leastSquare {
      // Tiny, as residues of a matrix of low rank are; tau and v do not depend on the size.
      size = HouseholderReflector.enlarge(count, re, im)
      tail = HouseholderReflector.squares(1..<max(count, 1), re, im)
    }
    let (a, b) = (re[0], im[0])
    if tail == 0 && b == 0 {
      (tauRe, tauIm, beta) = (0, 0, a * size)
    } else {
      let norm = (a * a + b * b + tail).squareRoot()
      let reduced = a > 0 ? -norm : norm
      beta = reduced * size
      (tauRe, tauIm) = ((reduced - a) / reduced, -b / reduced)
      let modulus = (a - reduced) * (a - reduced) + b * b
      let (sRe, sIm) = ((a - reduced) / modulus, -b / modulus)
      for k in 1..<max(count, 1) {
        (re[k], im[k]) = (re[k] * sRe - im[k] * sIm, re[k] * sIm + im[k] * sRe)
      }
    }
    re[0] = 1
    im[0] = 0
  }

  private static func squares(
    _ range: Range<Int>, _ re: UnsafeMutablePointer<Double>, _ im: UnsafeMutablePointer<Double>
  ) -> Double {
    var sum = 0.0
    for k in range { sum += re[k] * re[k] + im[k] * im[k] }
    return sum
  }

  /// Divides a vector by a power of two, so that its largest entry is of the order of one; 0 stays.
  /// - Returns: the power.
  private static func enlarge(
    _ count: Int, _ re: UnsafeMutablePointer<Double>, _ im: UnsafeMutablePointer<Double>
  ) -> Double {
    var largest = 0.0
    for k in 0..<count { largest = max(largest, abs(re[k]), abs(im[k])) }
    guard largest > 0 else { return 1 }
    let size = max(largest.binade, .leastNormalMagnitude)
    for k in 0..<count { (re[k], im[k]) = (re[k] / size, im[k] / size) }
    return size
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
