/// The generators of a diagonal pass together, for derivatives along a direction in their angles.
extension DiagonalPass {
  /// The eigenvalues of sum r G over the pass, r the rate of the slot, into a table of one lane an amplitude. A global phase
  /// (mask 0) is left out: no derivative sees it.
  @inline(never)
  func sum<L: LaneVector>(_ rates: UnsafePointer<L>, into table: UnsafeMutablePointer<L>) {
    table[0] = .zero
    // Bit by bit: masks whose highest bit this is change their sign in the upper half.
    var half = 1
    while half < amplitudes {
      var constant = L.zero
      for k in 0..<maskCount where masks[k].mask == half { constant += rates[masks[k].slot] }
      for i in 0..<half {
        table[half &+ i] = table[i] - constant
        table[i] += constant
      }
      for k in 0..<maskCount where masks[k].mask > half && masks[k].mask < 2 &* half {
        let rate = rates[masks[k].slot]
        for i in 0..<half {
          let r = (i & masks[k].mask).nonzeroBitCount & 1 == 0 ? rate : -rate
          table[half &+ i] = table[half &+ i] - r
          table[i] += r
        }
      }
      half &*= 2
    }
    for t in 0..<spectrumCount {
      let (term, rate) = (spectra[t], rates[spectra[t].slot])
      for group in 0..<(amplitudes >> term.bitCount) {
        let base = term.base(group)
        for r in 0..<(1 << term.bitCount) {
          table[base | term.offsets[r]] += rate * L(constant: term.eigenvalues[r])
        }
      }
    }
  }

  /// target += sign * (-i) D psi, D the diagonal in `table`.
  @inline(never)
  func insert<L: LaneVector>(
    _ psi: UnsafePointer<L>, _ table: UnsafePointer<L>, sign: Double, into target: UnsafeMutablePointer<L>
  ) {
    let sign = L(constant: sign)
    for i in 0..<amplitudes {
      let f = sign * table[i]
      target[2 &* i] = L.fma(f, psi[2 &* i &+ 1], target[2 &* i])
      target[2 &* i &+ 1] = L.fnma(f, psi[2 &* i], target[2 &* i &+ 1])
    }
  }

  /// Im <lambda|G|psi> of every slot that wants it, with the states before the pass.
  @inline(never)
  func overlaps<L: LaneVector>(
    _ psi: UnsafePointer<L>, _ lambda: UnsafePointer<L>, w: UnsafeMutablePointer<L>,
    sums: UnsafeMutablePointer<L>, into gradients: UnsafeMutablePointer<L>
  ) {
    collect(w, sums: sums) { i in DiagonalPass.cross(psi, lambda, i) }
    accumulate(w: w, sums: sums, into: gradients)
  }

  /// Im (<lambda1|G|psi1> + <lambda2|G|psi2>) likewise.
  @inline(never)
  func overlaps<L: LaneVector>(
    _ psi1: UnsafePointer<L>, _ lambda1: UnsafePointer<L>, plus psi2: UnsafePointer<L>,
    _ lambda2: UnsafePointer<L>, w: UnsafeMutablePointer<L>, sums: UnsafeMutablePointer<L>,
    into gradients: UnsafeMutablePointer<L>
  ) {
    collect(w, sums: sums) { i in DiagonalPass.cross(psi1, lambda1, i) + DiagonalPass.cross(psi2, lambda2, i)
    }
    accumulate(w: w, sums: sums, into: gradients)
  }

  /// Im(conj(lambda_i) psi_i)
  @inline(__always)
  private static func cross<L: LaneVector>(
    _ psi: UnsafePointer<L>, _ lambda: UnsafePointer<L>, _ i: Int
  ) -> L {
    L.fnma(lambda[2 &* i &+ 1], psi[2 &* i], lambda[2 &* i] * psi[2 &* i &+ 1])
  }
}
