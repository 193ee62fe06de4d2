import CTangentVector

/// The product of two complex matrices given as row-major planes, register-blocked: four rows of the left factor
/// meet a packed panel of four columns of the right one, so that the sixteen sums stay in registers.
///
/// Blocks of the sizes below keep a panel (16 KiB) in the first cache and the rows it meets (256 KiB) in the second.
public enum ComplexProduct {
  private static let innerBlock = 256
  private static let rowBlock = 64

  /// Row-major real and imaginary parts.
  public struct Planes {
    let re: UnsafePointer<Double>
    let im: UnsafePointer<Double>

    public init(re: UnsafePointer<Double>, im: UnsafePointer<Double>) {
      self.re = re
      self.im = im
    }
  }

  public struct MutablePlanes {
    let re: UnsafeMutablePointer<Double>
    let im: UnsafeMutablePointer<Double>

    public init(re: UnsafeMutablePointer<Double>, im: UnsafeMutablePointer<Double>) {
      self.re = re
      self.im = im
    }
  }

  /// `out` = `left` (rows, inner) `right` (inner, columns); `out` overlaps neither.
  /// - Parameter cancel: once it is set the rest is left out, and `out` means nothing.
  public static func compute(
    rows: Int, inner: Int, columns: Int, left: Planes, right: Planes, out: MutablePlanes,
    cancel: CancelToken? = nil
  ) {
    out.re.update(repeating: 0, count: rows * columns)
    out.im.update(repeating: 0, count: rows * columns)
    let panels = (columns + 3) / 4
    withUnsafeTemporaryAllocation(of: SIMD4<Double>.self, capacity: 2 * panels * min(inner, innerBlock)) {
      packed in
      guard let packed = packed.baseAddress else { return }
      for start in stride(from: 0, to: inner, by: innerBlock) {
        let depth = min(innerBlock, inner - start)
        pack(right, columns: columns, start: start, depth: depth, into: packed)
        for firstRow in stride(from: 0, to: rows, by: rowBlock) {
          if let cancel, cancel.isCancelled { return }
          let lastRow = min(firstRow + rowBlock, rows)
          for panel in 0..<panels {
            let block = packed + 2 * depth * panel
            var row = firstRow
            while row + 4 <= lastRow {
              fourRows(row, inner, start, depth, left, block, panel, columns, out)
              row += 4
            }
            while row < lastRow {
              oneRow(row, inner, start, depth, left, block, panel, columns, out)
              row += 1
            }
          }
        }
      }
    }
  }

  /// Panel by panel, for each inner index the real and then the imaginary parts of four columns, zeros past the end.
  private static func pack(
    _ right: Planes, columns: Int, start: Int, depth: Int, into packed: UnsafeMutablePointer<SIMD4<Double>>
  ) {
    for panel in 0..<((columns + 3) / 4) {
      let width = min(4, columns - 4 * panel)
      let block = packed + 2 * depth * panel
      for k in 0..<depth {
        let offset = (start + k) * columns + 4 * panel
        var re = SIMD4<Double>(repeating: 0)
        var im = re
        for lane in 0..<width {
          re[lane] = right.re[offset + lane]
          im[lane] = right.im[offset + lane]
        }
        block[2 * k] = re
        block[2 * k + 1] = im
      }
    }
  }

  @inline(__always)
  private static func fourRows(
    _ row: Int, _ inner: Int, _ start: Int, _ depth: Int, _ left: Planes,
    _ block: UnsafePointer<SIMD4<Double>>, _ panel: Int, _ columns: Int, _ out: MutablePlanes
  ) {
    let zero = SIMD4<Double>(repeating: 0)
    var (re0, re1, re2, re3) = (zero, zero, zero, zero)
    var (im0, im1, im2, im3) = (zero, zero, zero, zero)
    let re = left.re + row * inner + start
    let im = left.im + row * inner + start
    for k in 0..<depth {
      let (x, y) = (block[2 * k], block[2 * k + 1])
      multiply(re[k], im[k], x, y, &re0, &im0)
      multiply(re[inner + k], im[inner + k], x, y, &re1, &im1)
      multiply(re[2 * inner + k], im[2 * inner + k], x, y, &re2, &im2)
      multiply(re[3 * inner + k], im[3 * inner + k], x, y, &re3, &im3)
    }
    store(re0, im0, row, panel, columns, out)
    store(re1, im1, row + 1, panel, columns, out)
    store(re2, im2, row + 2, panel, columns, out)
    store(re3, im3, row + 3, panel, columns, out)
  }

  @inline(__always)
  private static func oneRow(
    _ row: Int, _ inner: Int, _ start: Int, _ depth: Int, _ left: Planes,
    _ block: UnsafePointer<SIMD4<Double>>, _ panel: Int, _ columns: Int, _ out: MutablePlanes
  ) {
    var re = SIMD4<Double>(repeating: 0)
    var im = re
    for k in 0..<depth {
      let index = row * inner + start + k
      multiply(left.re[index], left.im[index], block[2 * k], block[2 * k + 1], &re, &im)
    }
    store(re, im, row, panel, columns, out)
  }

  /// (sumRe + i sumIm) += (a + ib)(x + iy)
  @inline(__always)
  private static func multiply(
    _ a: Double, _ b: Double, _ x: SIMD4<Double>, _ y: SIMD4<Double>, _ sumRe: inout SIMD4<Double>,
    _ sumIm: inout SIMD4<Double>
  ) {
    let a = SIMD4(repeating: a)
    let b = SIMD4(repeating: b)
    sumRe = ctv_fnma(b, y, ctv_fma(a, x, sumRe))
    sumIm = ctv_fma(b, x, ctv_fma(a, y, sumIm))
  }

  @inline(__always)
  private static func store(
    _ re: SIMD4<Double>, _ im: SIMD4<Double>, _ row: Int, _ panel: Int, _ columns: Int, _ out: MutablePlanes
  ) {
    let offset = row * columns + 4 * panel
    for lane in 0..<min(4, columns - 4 * panel) {
      out.re[offset + lane] += re[lane]
      out.im[offset + lane] += im[lane]
    }
  }
}
