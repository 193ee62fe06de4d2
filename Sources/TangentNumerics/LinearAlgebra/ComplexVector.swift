/// Loops over split complex vectors, in four partial sums so that they vectorise.
enum ComplexVector {
  /// v^dagger y
  @inline(__always)
  static func innerProduct(
    _ count: Int, _ vRe: UnsafePointer<Double>, _ vIm: UnsafePointer<Double>, _ re: UnsafePointer<Double>,
    _ im: UnsafePointer<Double>
  ) -> (re: Double, im: Double) {
    var sumRe = SIMD4<Double>(repeating: 0)
    var sumIm = sumRe
    var k = 0
    while k + 4 <= count {
      let (a, b, x, y) = (load(vRe + k), load(vIm + k), load(re + k), load(im + k))
      sumRe += a * x + b * y
      sumIm += a * y - b * x
      k += 4
    }
    var sum = (re: sumRe.sum(), im: sumIm.sum())
    while k < count {
      sum.re += vRe[k] * re[k] + vIm[k] * im[k]
      sum.im += vRe[k] * im[k] - vIm[k] * re[k]
      k += 1
    }
    return sum
  }

  /// v^dagger x and v^dagger y, with the bits that each has alone: two sums do not wait for each other.
  @inline(__always)
  static func innerProducts(
    _ count: Int, _ vRe: UnsafePointer<Double>, _ vIm: UnsafePointer<Double>, _ xRe: UnsafePointer<Double>,
    _ xIm: UnsafePointer<Double>, _ yRe: UnsafePointer<Double>, _ yIm: UnsafePointer<Double>
  ) -> (x: (re: Double, im: Double), y: (re: Double, im: Double)) {
    let zero = SIMD4<Double>(repeating: 0)
    var (sumRe, sumIm, otherRe, otherIm) = (zero, zero, zero, zero)
    var k = 0
    while k + 4 <= count {
      let (a, b) = (load(vRe + k), load(vIm + k))
      let (x, y, u, w) = (load(xRe + k), load(xIm + k), load(yRe + k), load(yIm + k))
      sumRe += a * x + b * y
      sumIm += a * y - b * x
      otherRe += a * u + b * w
      otherIm += a * w - b * u
      k += 4
    }
    var sums = (x: (re: sumRe.sum(), im: sumIm.sum()), y: (re: otherRe.sum(), im: otherIm.sum()))
    while k < count {
      sums.x.re += vRe[k] * xRe[k] + vIm[k] * xIm[k]
      sums.x.im += vRe[k] * xIm[k] - vIm[k] * xRe[k]
      sums.y.re += vRe[k] * yRe[k] + vIm[k] * yIm[k]
      sums.y.im += vRe[k] * yIm[k] - vIm[k] * yRe[k]
      k += 1
    }
    return sums
  }

  /// y += (factorRe + i factorIm) v
  @inline(__always)
  static func add(
    _ count: Int, _ factorRe: Double, _ factorIm: Double, _ vRe: UnsafePointer<Double>,
    _ vIm: UnsafePointer<Double>, _ re: UnsafeMutablePointer<Double>, _ im: UnsafeMutablePointer<Double>
  ) {
    for k in 0..<count {
      let (a, b) = (vRe[k], vIm[k])
      re[k] += factorRe * a - factorIm * b
      im[k] += factorRe * b + factorIm * a
    }
  }

  @inline(__always)
  private static func load(_ pointer: UnsafePointer<Double>) -> SIMD4<Double> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Double>.self)
  }
}
