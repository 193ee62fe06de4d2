import TangentNumerics

/// Products of a packed complex matrix and a vector of amplitudes.
///
/// The matrix is packed by four rows, column by column, (re, im) of each row, so that both products read it front to
/// back: U x row by row as inner products, U^dagger x as a sum of conjugated rows. One copy serves both, since many
/// large unitaries are read from memory once a sweep.
enum DenseProduct {
  /// The entries of rows r and columns c.
  static func packed<T>(rows: Int, columns: Int, entry: (_ r: Int, _ c: Int) -> (re: T, im: T)) -> [T] {
    var result: [T] = []
    result.reserveCapacity(2 * rows * columns)
    let height = min(4, rows)
    for first in stride(from: 0, to: rows, by: height) {
      for column in 0..<columns {
        for row in first..<(first + height) {
          let entry = entry(row, column)
          result.append(entry.re)
          result.append(entry.im)
        }
      }
    }
    return result
  }

  /// Four rows at a time: eight sums in registers, and each amplitude that is loaded serves all of them.
  @inline(__always)
  static func multiply<T: MatrixNumber>(
    _ matrix: UnsafePointer<T>, rows: Int, columns: Int, _ input: UnsafeMutablePointer<T.Vector>,
    _ target: UnsafeMutablePointer<T.Vector>, _ places: UnsafePointer<Int>
  ) {
    var u = matrix
    var row = 0
    while row < rows {
      var (ar, ai, br, bi) = (T.Vector.zero, T.Vector.zero, T.Vector.zero, T.Vector.zero)
      var (cr, ci, dr, di) = (T.Vector.zero, T.Vector.zero, T.Vector.zero, T.Vector.zero)
      for column in 0..<columns {
        let (xr, xi) = (input[2 &* column], input[2 &* column &+ 1])
        ar = T.Vector.fma(u[0].lane, xr, ar)
        ai = T.Vector.fma(u[0].lane, xi, ai)
        br = T.Vector.fma(u[2].lane, xr, br)
        bi = T.Vector.fma(u[2].lane, xi, bi)
        cr = T.Vector.fma(u[4].lane, xr, cr)
        ci = T.Vector.fma(u[4].lane, xi, ci)
        dr = T.Vector.fma(u[6].lane, xr, dr)
        di = T.Vector.fma(u[6].lane, xi, di)
        ar = T.Vector.fnma(u[1].lane, xi, ar)
        ai = T.Vector.fma(u[1].lane, xr, ai)
        br = T.Vector.fnma(u[3].lane, xi, br)
        bi = T.Vector.fma(u[3].lane, xr, bi)
        cr = T.Vector.fnma(u[5].lane, xi, cr)
        ci = T.Vector.fma(u[5].lane, xr, ci)
        dr = T.Vector.fnma(u[7].lane, xi, dr)
        di = T.Vector.fma(u[7].lane, xr, di)
        u += 8
      }
      store(ar, ai, target + 2 &* places[row])
      store(br, bi, target + 2 &* places[row &+ 1])
      store(cr, ci, target + 2 &* places[row &+ 2])
      store(dr, di, target + 2 &* places[row &+ 3])
      row &+= 4
    }
  }

  /// Four rows at a time: their eight inputs in registers, each sum loaded and stored once for all of them.
  @inline(__always)
  static func multiplyByAdjoint<T: MatrixNumber>(
    _ matrix: UnsafePointer<T>, rows: Int, columns: Int, _ source: UnsafeMutablePointer<T.Vector>,
    _ places: UnsafePointer<Int>, sums: UnsafeMutablePointer<T.Vector>
  ) {
    var u = matrix
    addRows(&u, columns, source, places, sums, adding: false)
    var row = 4
    while row < rows {
      addRows(&u, columns, source, places + row, sums, adding: true)
      row &+= 4
    }
  }

  @inline(__always)
  private static func addRows<T: MatrixNumber>(
    _ u: inout UnsafePointer<T>, _ columns: Int, _ source: UnsafeMutablePointer<T.Vector>,
    _ places: UnsafePointer<Int>, _ sums: UnsafeMutablePointer<T.Vector>, adding: Bool
  ) {
    let (a, b) = (source + 2 &* places[0], source + 2 &* places[1])
    let (c, d) = (source + 2 &* places[2], source + 2 &* places[3])
    let (ar, ai, br, bi) = (a[0], a[1], b[0], b[1])
    let (cr, ci, dr, di) = (c[0], c[1], d[0], d[1])
    for column in 0..<columns {
      // (u - iv)(r + is) = ur + vs + i(us - vr); two chains each for re and im.
      var (re, im) = adding ? (sums[2 &* column], sums[2 &* column &+ 1]) : (.zero, .zero)
      re = T.Vector.fma(u[0].lane, ar, re)
      im = T.Vector.fma(u[0].lane, ai, im)
      var (re2, im2) = (u[1].lane * ai, u[1].lane * ar)
      re = T.Vector.fma(u[2].lane, br, re)
      im = T.Vector.fma(u[2].lane, bi, im)
      re2 = T.Vector.fma(u[3].lane, bi, re2)
      im2 = T.Vector.fma(u[3].lane, br, im2)
      re = T.Vector.fma(u[4].lane, cr, re)
      im = T.Vector.fma(u[4].lane, ci, im)
      re2 = T.Vector.fma(u[5].lane, ci, re2)
      im2 = T.Vector.fma(u[5].lane, cr, im2)
      re = T.Vector.fma(u[6].lane, dr, re)
      im = T.Vector.fma(u[6].lane, di, im)
      re2 = T.Vector.fma(u[7].lane, di, re2)
      im2 = T.Vector.fma(u[7].lane, dr, im2)
      sums[2 &* column] = re + re2
      sums[2 &* column &+ 1] = im - im2
      u += 8
    }
  }

  @inline(__always)
  static func store<L: LaneVector>(_ re: L, _ im: L, _ amplitude: UnsafeMutablePointer<L>) {
    amplitude[0] = re
    amplitude[1] = im
  }
}
