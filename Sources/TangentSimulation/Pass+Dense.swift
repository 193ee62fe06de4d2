import CTangentVector
import TangentCircuits
import TangentNumerics

/// A fixed dense unitary on k qubits: gathers 2^k amplitudes, multiplies, scatters.
///
/// The matrices are packed by pairs of rows, ((row pair), column, (row 0 re, row 0 im, row 1 re, row 1 im)), so that the
/// product reads them front to back and each amplitude that is loaded serves two rows.
struct DensePass: BitwiseCopyable {
  let size: Int
  private let matrix: UnsafePointer<Double>
  private let inverse: UnsafePointer<Double>
  /// Fixed bits, ascending.
  private let bits: UnsafePointer<Int>
  private let bitCount: Int
  /// Where local index r lies within a group.
  private let offsets: UnsafePointer<Int>
  private let groups: Int

  init(_ matrix: ComplexMatrix, qubits: [Int], register n: Int, arena: Arena) {
    size = matrix.rows
    self.matrix = arena.copy(DensePass.packed(matrix))
    inverse = arena.copy(DensePass.packed(matrix.adjoint))
    let positions = qubits.map { n - 1 - $0 }
    bits = arena.copy(positions.sorted())
    bitCount = positions.count
    offsets = arena.copy(
      (0..<matrix.rows).map { r in
        positions.enumerated().reduce(0) { sum, entry in
          sum | ((r >> (positions.count - 1 - entry.offset)) & 1) << entry.element
        }
      })
    groups = (1 << n) >> positions.count
  }

  private static func packed(_ matrix: ComplexMatrix) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(2 * matrix.rows * matrix.columns)
    for pair in 0..<(matrix.rows / 2) {
      for column in 0..<matrix.columns {
        for row in [2 * pair, 2 * pair + 1] {
          let entry = matrix[row, column]
          result.append(entry.re)
          result.append(entry.im)
        }
      }
    }
    return result
  }

  @inline(__always)
  private func base(_ group: Int) -> Int {
    var index = group
    for k in 0..<bitCount {
      let low = index & ((1 &<< bits[k]) &- 1)
      index = ((index &- low) &<< 1) | low
    }
    return index
  }

  /// psi <- U psi. `scratch` holds 2 `size` lanes.
  @inline(never)
  func forward(_ psi: UnsafeMutablePointer<Lane>, scratch: UnsafeMutablePointer<Lane>) {
    for group in 0..<groups {
      let target = psi + 2 &* base(group)
      gather(target, scratch)
      multiplyOne(matrix, scratch, target)
    }
  }

  /// psi <- U^dagger psi and lambda <- U^dagger lambda, sharing each load of U. `scratch` holds 4 `size` lanes.
  @inline(never)
  func adjoint(
    _ psi: UnsafeMutablePointer<Lane>, _ lambda: UnsafeMutablePointer<Lane>, scratch: UnsafeMutablePointer<Lane>
  ) {
    for group in 0..<groups {
      let start = 2 &* base(group)
      gather(psi + start, scratch)
      gather(lambda + start, scratch + 2 &* size)
      multiplyTwo(inverse, scratch, scratch + 2 &* size, psi + start, lambda + start)
    }
  }

  @inline(__always)
  private func gather(_ source: UnsafeMutablePointer<Lane>, _ scratch: UnsafeMutablePointer<Lane>) {
    for r in 0..<size {
      let amplitude = source + 2 &* offsets[r]
      scratch[2 &* r] = amplitude[0]
      scratch[2 &* r &+ 1] = amplitude[1]
    }
  }

  @inline(__always)
  private func multiplyOne(
    _ rows: UnsafePointer<Double>, _ input: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>
  ) {
    var u = rows
    for pair in 0..<(size >> 1) {
      var (ar, ai, br, bi) = (Lane.zero, Lane.zero, Lane.zero, Lane.zero)
      var (as2, ai2, bs2, bi2) = (Lane.zero, Lane.zero, Lane.zero, Lane.zero)
      for column in 0..<size {
        let xr = input[2 &* column]
        let xi = input[2 &* column &+ 1]
        let (p, q) = (Lane(repeating: u[0]), Lane(repeating: u[1]))
        let (r, s) = (Lane(repeating: u[2]), Lane(repeating: u[3]))
        ar = ctv_fma(p, xr, ar)
        as2 = ctv_fma(q, xi, as2)
        ai = ctv_fma(p, xi, ai)
        ai2 = ctv_fma(q, xr, ai2)
        br = ctv_fma(r, xr, br)
        bs2 = ctv_fma(s, xi, bs2)
        bi = ctv_fma(r, xi, bi)
        bi2 = ctv_fma(s, xr, bi2)
        u += 4
      }
      let first = target + 2 &* offsets[2 &* pair]
      let second = target + 2 &* offsets[2 &* pair &+ 1]
      first[0] = ar - as2
      first[1] = ai + ai2
      second[0] = br - bs2
      second[1] = bi + bi2
    }
  }

  @inline(__always)
  private func multiplyTwo(
    _ rows: UnsafePointer<Double>, _ left: UnsafeMutablePointer<Lane>, _ right: UnsafeMutablePointer<Lane>,
    _ leftTarget: UnsafeMutablePointer<Lane>, _ rightTarget: UnsafeMutablePointer<Lane>
  ) {
    var u = rows
    for pair in 0..<(size >> 1) {
      var (ar, ai, br, bi) = (Lane.zero, Lane.zero, Lane.zero, Lane.zero)
      var (cr, ci, dr, di) = (Lane.zero, Lane.zero, Lane.zero, Lane.zero)
      for column in 0..<size {
        let (xr, xi) = (left[2 &* column], left[2 &* column &+ 1])
        let (yr, yi) = (right[2 &* column], right[2 &* column &+ 1])
        let (p, q) = (Lane(repeating: u[0]), Lane(repeating: u[1]))
        ar = ctv_fma(p, xr, ctv_fnma(q, xi, ar))
        ai = ctv_fma(p, xi, ctv_fma(q, xr, ai))
        cr = ctv_fma(p, yr, ctv_fnma(q, yi, cr))
        ci = ctv_fma(p, yi, ctv_fma(q, yr, ci))
        let (r, s) = (Lane(repeating: u[2]), Lane(repeating: u[3]))
        br = ctv_fma(r, xr, ctv_fnma(s, xi, br))
        bi = ctv_fma(r, xi, ctv_fma(s, xr, bi))
        dr = ctv_fma(r, yr, ctv_fnma(s, yi, dr))
        di = ctv_fma(r, yi, ctv_fma(s, yr, di))
        u += 4
      }
      let first = 2 &* offsets[2 &* pair]
      let second = 2 &* offsets[2 &* pair &+ 1]
      leftTarget[first] = ar
      leftTarget[first &+ 1] = ai
      leftTarget[second] = br
      leftTarget[second &+ 1] = bi
      rightTarget[first] = cr
      rightTarget[first &+ 1] = ci
      rightTarget[second] = dr
      rightTarget[second &+ 1] = di
    }
  }
}
