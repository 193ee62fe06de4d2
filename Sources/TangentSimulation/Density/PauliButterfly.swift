import CTangentVector
import TangentNumerics

/// Matrices of a register as expectations of Pauli strings: one step of four numbers a qubit.
struct PauliButterfly {
  /// All that the transforms need.
  struct Layout: BitwiseCopyable {
    let n: Int
  }

  let layout: Layout
  /// The bits of an index in every second place.
  private let spread: [Int]

  init(register n: Int) {
    layout = Layout(n: n)
    spread = (0..<(1 << n)).map { index in
      (0..<n).reduce(0) { $0 | (index >> $1 & 1) << (2 * $1) }
    }
  }

  /// Where entry (row, column) of the matrix belongs before the transform.
  @inline(__always)
  func place(_ row: Int, _ column: Int) -> Int { spread[row] << 1 | spread[column] }

  func transform(_ re: UnsafeMutablePointer<Lane>, _ im: UnsafeMutablePointer<Lane>) {
    layout.transform(re, im)
  }
}

extension PauliButterfly.Layout {
  /// tr(P M) of a Hermitian M in the real parts.
  @inline(never)
  func transform(_ re: UnsafeMutablePointer<Lane>, _ im: UnsafeMutablePointer<Lane>) {
    let size = 1 << (2 &* n)
    for digit in 0..<n {
      let (step, mask) = (1 << (2 &* digit), 3 << (2 &* digit))
      var base = 0
      while base < size {
        let (b, c, d) = (base &+ step, base &+ 2 &* step, base &+ 3 &* step)
        let (r00, r01, r10, r11) = (re[base], re[b], re[c], re[d])
        let (i00, i01, i10, i11) = (im[base], im[b], im[c], im[d])
        (re[base], im[base]) = (ctv_add(r00, r11), ctv_add(i00, i11))
        (re[b], im[b]) = (ctv_add(r01, r10), ctv_add(i01, i10))
        // tr(Y M) = i (M_01 - M_10)
        (re[c], im[c]) = (ctv_sub(i10, i01), ctv_sub(r01, r10))
        (re[d], im[d]) = (ctv_sub(r00, r11), ctv_sub(i00, i11))
        base = DigitPlaces.next(base, mask)
      }
    }
  }

  /// The entries of M = 2^-n sum_P r_P P from the r_P in `re`.
  @inline(never)
  func entries(_ re: UnsafeMutablePointer<Lane>, _ im: UnsafeMutablePointer<Lane>) {
    let (size, half) = (1 << (2 &* n), Lane(repeating: 0.5))
    im.update(repeating: .zero, count: size)
    for digit in 0..<n {
      let (step, mask) = (1 << (2 &* digit), 3 << (2 &* digit))
      var base = 0
      while base < size {
        let (b, c, d) = (base &+ step, base &+ 2 &* step, base &+ 3 &* step)
        let (ri, rx, ry, rz) = (
          ctv_mul(half, re[base]), ctv_mul(half, re[b]), ctv_mul(half, re[c]), ctv_mul(half, re[d])
        )
        let (ii, ix, iy, iz) = (
          ctv_mul(half, im[base]), ctv_mul(half, im[b]), ctv_mul(half, im[c]), ctv_mul(half, im[d])
        )
        (re[base], im[base]) = (ctv_add(ri, rz), ctv_add(ii, iz))
        // (X - i Y)/2 and (X + i Y)/2
        (re[b], im[b]) = (ctv_add(rx, iy), ctv_sub(ix, ry))
        (re[c], im[c]) = (ctv_sub(rx, iy), ctv_add(ix, ry))
        (re[d], im[d]) = (ctv_sub(ri, rz), ctv_sub(ii, iz))
        base = DigitPlaces.next(base, mask)
      }
    }
  }
}
