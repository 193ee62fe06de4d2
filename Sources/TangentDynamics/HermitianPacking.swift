import TangentNumerics

/// A Hermitian matrix as n^2 real numbers: entry (i, k) holds the real part for i >= k and the imaginary part of
/// (k, i) above the diagonal. Half the numbers for the integrator, and it cannot leave the Hermitian matrices.
enum HermitianPacking {
  static func pack(_ matrix: ComplexMatrix) -> [Double] {
    let n = matrix.rows
    var packed = matrix.re
    for i in 0..<n {
      for k in 0..<i { packed[k * n + i] = matrix.im[i * n + k] }
    }
    return packed
  }

  /// Reads n^2 numbers from `offset` on into `matrix`, both triangles.
  static func unpack(_ packed: [Double], offset: Int, into matrix: inout ComplexMatrix) {
    let n = matrix.rows
    packed.withUnsafeBufferPointer { packed in
      matrix.re.withUnsafeMutableBufferPointer { re in
        matrix.im.withUnsafeMutableBufferPointer { im in
          for i in 0..<n {
            for k in 0..<i {
              let (x, y) = (packed[offset + i * n + k], packed[offset + k * n + i])
              (re[i * n + k], im[i * n + k]) = (x, y)
              (re[k * n + i], im[k * n + i]) = (x, -y)
            }
            (re[i * n + i], im[i * n + i]) = (packed[offset + i * n + i], 0)
          }
        }
      }
    }
  }

  /// Writes factor * (A + A^dagger) at `offset`.
  static func packHermitianPart(
    of matrix: ComplexMatrix, times factor: Double, at offset: Int, _ out: inout [Double]
  ) {
    let n = matrix.rows
    out.withUnsafeMutableBufferPointer { out in
      matrix.re.withUnsafeBufferPointer { re in
        matrix.im.withUnsafeBufferPointer { im in
          for i in 0..<n {
            for k in 0..<i {
              out[offset + i * n + k] = factor * (re[i * n + k] + re[k * n + i])
              out[offset + k * n + i] = factor * (im[i * n + k] - im[k * n + i])
            }
            out[offset + i * n + i] = 2 * factor * re[i * n + i]
          }
        }
      }
    }
  }

  /// tr(A B) of two packed matrices at their offsets.
  static func traceOfProduct(_ a: [Double], _ offsetA: Int, _ b: [Double], _ offsetB: Int, size n: Int)
    -> Double
  {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        var (x, y) = (SIMD4<Double>(repeating: 0), 0.0)
        var k = 0
        while k + 4 <= n * n {
          let left = SIMD4(a[offsetA + k], a[offsetA + k + 1], a[offsetA + k + 2], a[offsetA + k + 3])
          let right = SIMD4(b[offsetB + k], b[offsetB + k + 1], b[offsetB + k + 2], b[offsetB + k + 3])
          x += left * right
          k += 4
        }
        while k < n * n {
          y += a[offsetA + k] * b[offsetB + k]
          k += 1
        }
        var diagonal = 0.0
        for i in 0..<n { diagonal += a[offsetA + i * n + i] * b[offsetB + i * n + i] }
        return 2 * (x.sum() + y) - diagonal
      }
    }
  }
}
