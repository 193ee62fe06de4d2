import TangentNumerics

extension JumpPass {
  /// Leaves every lane's operator, chosen for psi, among `operators`.
  @inline(never)
  func choose<L: LaneVector>(
    _ psi: UnsafeMutablePointer<L>, _ variables: UnsafePointer<L.Wide>,
    into chosen: UnsafeMutablePointer<L>
  ) {
    let target = chosen + place
    target[0] = .zero
    let draws = variables[draw]
    if let probabilities {
      for lane in 0..<L.scalarCount { take(draws[lane], lane, target) { probabilities[$0] } }
      return
    }
    let length = 2 &* size &* size
    withUnsafeTemporaryAllocation(of: L.self, capacity: length) { overlaps in
      let overlaps = overlaps.baseAddress!
      if size == 2 {
        collectOverlapsOfPairs(psi, into: overlaps)
      } else {
        collectOverlaps(psi, into: overlaps)
      }
      for lane in 0..<L.scalarCount {
        // tr(K^dagger K rho), both Hermitian.
        take(draws[lane], lane, target) { k in
          let square = squares + k &* length
          return (0..<length).reduce(0.0) { $0 + square[$1] * Double(overlaps[$1][lane]) }
        }
      }
    }
  }

  /// rho_ab = sum psi_a conj(psi_b) over the other bits, as far as weights depend on it.
  private func collectOverlaps<L: LaneVector>(
    _ psi: UnsafeMutablePointer<L>, into overlaps: UnsafeMutablePointer<L>
  ) {
    for k in 0..<(2 &* size &* size) { overlaps[k] = .zero }
    for group in 0..<groups {
      let start = psi + base(group)
      for a in 0..<size {
        let (re, im) = (start[offsets[a]], start[offsets[a] &+ 1])
        for b in (needsCoherences ? 0 : a)...a {
          let (otherRe, otherIm) = (start[offsets[b]], start[offsets[b] &+ 1])
          let sum = overlaps + 2 &* (a &* size &+ b)
          sum[0] = L.fma(re, otherRe, L.fma(im, otherIm, sum[0]))
          sum[1] = L.fma(im, otherRe, L.fnma(re, otherIm, sum[1]))
        }
      }
    }
    for a in 0..<size {
      for b in 0..<a {
        let (sum, mirrored) = (overlaps + 2 &* (a &* size &+ b), overlaps + 2 &* (b &* size &+ a))
        (mirrored[0], mirrored[1]) = (sum[0], -sum[1])
      }
    }
  }

  /// The same on one qubit.
  private func collectOverlapsOfPairs<L: LaneVector>(
    _ psi: UnsafeMutablePointer<L>, into overlaps: UnsafeMutablePointer<L>
  ) {
    let (bit, distance) = (bits[0], offsets[1])
    var (first, second, re, im) = (L.zero, L.zero, L.zero, L.zero)
    for group in 0..<groups {
      let a = psi + 2 &* Bits.insertingZero(group, at: bit)
      let b = a + distance
      first = L.fma(a[0], a[0], L.fma(a[1], a[1], first))
      second = L.fma(b[0], b[0], L.fma(b[1], b[1], second))
      guard needsCoherences else { continue }
      re = L.fma(b[0], a[0], L.fma(b[1], a[1], re))
      im = L.fma(b[1], a[0], L.fnma(b[0], a[1], im))
    }
    (overlaps[0], overlaps[1], overlaps[2], overlaps[3]) = (first, .zero, re, -im)
    (overlaps[4], overlaps[5], overlaps[6], overlaps[7]) = (re, im, second, .zero)
  }

  /// The operator in whose share of the weights the number falls, over the root of its share.
  private func take<L: LaneVector>(
    _ draw: Double, _ lane: Int, _ target: UnsafeMutablePointer<L>, weight: (Int) -> Double
  ) {
    var total = 0.0
    for k in 0..<count { total += max(0, weight(k)) }
    var (sum, number, own) = (0.0, 0, 0.0)
    for k in 0..<count {
      let share = weight(k)
      // Rounding leaves the last sum below the total by a bit.
      guard share > 0 else { continue }
      (number, own) = (k, share)
      sum += share
      if draw * total < sum { break }
    }
    let factor = own > 0 ? (total / own).squareRoot() : 1
    let length = 2 &* size &* size
    let matrix = operators + number &* length
    for k in 0..<length { target[1 &+ k][lane] = L.Scalar(factor * matrix[k]) }
    if number > 0 || !isFirstIdentity { target[0][lane] = 1 }
  }
}
