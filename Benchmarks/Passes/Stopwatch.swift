import CTangentVector

/// The shortest of many repetitions, in seconds: what other programs on the machine disturb least.
func shortest(repeats: Int = 40, _ body: (Int) throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  var best = Duration.seconds(1 << 20)
  for k in 0..<repeats { best = try min(best, clock.measure { try body(k) }) }
  return Double(best.components.attoseconds) * 1e-18 + Double(best.components.seconds)
}

/// Multiply-adds a second of one core, in numbers of doubles, from registers.
func multiplyAddRate() -> Double {
  let rounds = 200_000
  var kept = SIMD4<Double>()
  let seconds = shortest { seed in
    let factor = SIMD4<Double>(repeating: 0.999_999)
    let offset = SIMD4<Double>(repeating: 1e-7 * Double(seed + 1))
    var (a, b, c, d, e) = (offset, offset, offset, offset, offset)
    var (f, g, h, i, j) = (offset, offset, offset, offset, offset)
    for _ in 0..<rounds {
      a = ctv_fma(a, factor, offset)
      b = ctv_fma(b, factor, offset)
      c = ctv_fma(c, factor, offset)
      d = ctv_fma(d, factor, offset)
      e = ctv_fma(e, factor, offset)
      f = ctv_fma(f, factor, offset)
      g = ctv_fma(g, factor, offset)
      h = ctv_fma(h, factor, offset)
      i = ctv_fma(i, factor, offset)
      j = ctv_fma(j, factor, offset)
    }
    kept += a + b + c + d + e + f + g + h + i + j
  }
  precondition(kept[0] != 0)
  return Double(rounds * 10 * 4) / seconds
}
