import CTangentVector
import TangentNumerics

/// Runs on tiles of strings: `count` lanes in groups of four, I, X, Y, Z of one qubit, `stride` lanes apart.
enum RunKernels {
  /// target = R source; both may be the same.
  @inline(__always)
  static func apply(
    _ source: UnsafePointer<Lane>, _ target: UnsafeMutablePointer<Lane>, count: Int, stride: Int,
    _ m: UnsafePointer<Lane>, isUnital: Bool
  ) {
    let (m1, m2, m3) = (m[0], m[4], m[8])
    let (m11, m12, m13) = (m[1], m[2], m[3])
    let (m21, m22, m23) = (m[5], m[6], m[7])
    let (m31, m32, m33) = (m[9], m[10], m[11])
    var block = 0
    while block < count {
      var k = block
      let end = block &+ stride
      while k < end {
        let (x, y, z) = (source[k &+ stride], source[k &+ 2 &* stride], source[k &+ 3 &* stride])
        var (nx, ny, nz) = (ctv_mul(m11, x), ctv_mul(m21, x), ctv_mul(m31, x))
        nx = ctv_fma(m12, y, nx)
        ny = ctv_fma(m22, y, ny)
        nz = ctv_fma(m32, y, nz)
        nx = ctv_fma(m13, z, nx)
        ny = ctv_fma(m23, z, ny)
        nz = ctv_fma(m33, z, nz)
        let i = source[k]
        if !isUnital {
          nx = ctv_fma(m1, i, nx)
          ny = ctv_fma(m2, i, ny)
          nz = ctv_fma(m3, i, nz)
        }
        target[k] = i
        target[k &+ stride] = nx
        target[k &+ 2 &* stride] = ny
        target[k &+ 3 &* stride] = nz
        k &+= 1
      }
      block &+= 4 &* stride
    }
  }

  /// A = R^T A
  @inline(__always)
  static func pull(
    _ a: UnsafeMutablePointer<Lane>, count: Int, stride: Int, _ m: UnsafePointer<Lane>, isUnital: Bool
  ) {
    let (m1, m2, m3) = (m[0], m[4], m[8])
    let (m11, m12, m13) = (m[1], m[2], m[3])
    let (m21, m22, m23) = (m[5], m[6], m[7])
    let (m31, m32, m33) = (m[9], m[10], m[11])
    var block = 0
    while block < count {
      var k = block
      let end = block &+ stride
      while k < end {
        let (x, y, z) = (a[k &+ stride], a[k &+ 2 &* stride], a[k &+ 3 &* stride])
        var (nx, ny, nz) = (ctv_mul(m11, x), ctv_mul(m12, x), ctv_mul(m13, x))
        nx = ctv_fma(m21, y, nx)
        ny = ctv_fma(m22, y, ny)
        nz = ctv_fma(m23, y, nz)
        a[k &+ stride] = ctv_fma(m31, z, nx)
        a[k &+ 2 &* stride] = ctv_fma(m32, z, ny)
        a[k &+ 3 &* stride] = ctv_fma(m33, z, nz)
        if !isUnital { a[k] = ctv_fma(m1, x, ctv_fma(m2, y, ctv_fma(m3, z, a[k]))) }
        k &+= 1
      }
      block &+= 4 &* stride
    }
  }

  /// sums_ab += A_a r_b for a = X, Y, Z and b = X, Y, Z, and I too unless the run is unital.
  @inline(__always)
  static func accumulate(
    _ a: UnsafePointer<Lane>, _ r: UnsafePointer<Lane>, count: Int, stride: Int,
    _ sums: UnsafeMutablePointer<Lane>, isUnital: Bool
  ) {
    var (s10, s20, s30) = (sums[0], sums[4], sums[8])
    var (s11, s12, s13) = (sums[1], sums[2], sums[3])
    var (s21, s22, s23) = (sums[5], sums[6], sums[7])
    var (s31, s32, s33) = (sums[9], sums[10], sums[11])
    var block = 0
    while block < count {
      var k = block
      let end = block &+ stride
      while k < end {
        let (x, y, z) = (a[k &+ stride], a[k &+ 2 &* stride], a[k &+ 3 &* stride])
        if !isUnital {
          let ri = r[k]
          s10 = ctv_fma(x, ri, s10)
          s20 = ctv_fma(y, ri, s20)
          s30 = ctv_fma(z, ri, s30)
        }
        let rx = r[k &+ stride]
        s11 = ctv_fma(x, rx, s11)
        s21 = ctv_fma(y, rx, s21)
        s31 = ctv_fma(z, rx, s31)
        let ry = r[k &+ 2 &* stride]
        s12 = ctv_fma(x, ry, s12)
        s22 = ctv_fma(y, ry, s22)
        s32 = ctv_fma(z, ry, s32)
        let rz = r[k &+ 3 &* stride]
        s13 = ctv_fma(x, rz, s13)
        s23 = ctv_fma(y, rz, s23)
        s33 = ctv_fma(z, rz, s33)
        k &+= 1
      }
      block &+= 4 &* stride
    }
    (sums[0], sums[4], sums[8]) = (s10, s20, s30)
    (sums[1], sums[2], sums[3]) = (s11, s12, s13)
    (sums[5], sums[6], sums[7]) = (s21, s22, s23)
    (sums[9], sums[10], sums[11]) = (s31, s32, s33)
  }
}
