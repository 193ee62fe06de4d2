import CTangentVector

extension Philox {
  /// So many trials are whole numbers of doubles.
  public static let mostTrials = 1 << 53

  /// How many of `count` independent trials succeed, each with this probability between 0 and 1. Draws an even number of
  /// numbers, which depends on what they are, from an even position on.
  public mutating func binomial(_ count: Int, _ probability: Double) -> Int {
    if probability > 0.5 { return count - binomial(count, 1 - probability) }
    guard probability > 0, count > 0 else { return 0 }
    return Double(count) * probability < 10
      ? fewSuccesses(count, probability) : manySuccesses(count, probability)
  }

  /// Four such numbers, each from a position of its own in a stream, as one call of `binomial` gives them.
  public static func binomials(
    _ count: Int, _ probabilities: SIMD4<Double>, positions: SIMD4<UInt64>, stream: UInt64, seed: UInt64
  ) -> SIMD4<Double> {
    let isMoreThanHalf = probabilities .> 0.5
    let p = probabilities.replacing(with: 1 - probabilities, where: isMoreThanHalf)
    let n = Double(count)
    // The first attempt of `manySuccesses`, which mostly is the last.
    let spread = ctv_sqrt(n * p * (1 - p))
    let b = 1.15 + 2.53 * spread
    let a = -0.0873 + 0.0248 * b + 0.01 * p
    let c = n * p + 0.5
    let (first, second) = fourBlocks(positions &>> 1, stream: stream, seed: seed)
    let u = uniform(first) - 0.5
    let distance = 0.5 - u.replacing(with: -u, where: u .< 0)
    let k = ((2 * a / distance + b) * u + c).rounded(.down)
    let isTaken = (n * p .>= 10) .& (distance .>= 0.07) .& (uniform(second) .<= 0.92 - 4.2 / b)
    var result = k.replacing(with: n - k, where: isMoreThanHalf)
    for lane in 0..<4 where !isTaken[lane] {
      var random = Philox(seed: seed, stream: stream, position: positions[lane])
      result[lane] = Double(random.binomial(count, probabilities[lane]))
    }
    return result
  }

  /// Goes through the cumulative distribution.
  private mutating func fewSuccesses(_ count: Int, _ p: Double) -> Int {
    let (mean, q) = (Double(count) * p, 1 - p)
    // Beyond, less than rounding is left.
    let last = min(count, Int(mean + 10 * (mean * q + 1).squareRoot()))
    let first = powerOfComplement(p, count)
    while true {
      var (rest, chance) = (pair().0, first)
      var k = 0
      while rest > chance, k <= last {
        rest -= chance
        chance *= Double(count - k) * p / (Double(k + 1) * q)
        k += 1
      }
      if k <= last { return k }
    }
  }

  /// Transformed rejection with squeeze.
  ///
  /// Source: Hormann, "The generation of binomial random variates", J. Stat. Comput. Simul. 46, 101 (1993), algorithm BTRS.
  private mutating func manySuccesses(_ count: Int, _ p: Double) -> Int {
    let n = Double(count)
    let spread = (n * p * (1 - p)).squareRoot()
    let b = 1.15 + 2.53 * spread
    let a = -0.0873 + 0.0248 * b + 0.01 * p
    let c = n * p + 0.5
    let squeeze = 0.92 - 4.2 / b
    while true {
      let (first, v) = pair()
      let u = first - 0.5
      let distance = 0.5 - abs(u)
      let k = ((2 * a / distance + b) * u + c).rounded(.down)
      if distance >= 0.07, v <= squeeze { return Int(k) }
      guard k >= 0, k <= n, v > 0 else { continue }
      let (ratio, mode) = (p / (1 - p), ((n + 1) * p).rounded(.down))
      let alpha = (2.83 + 5.1 / b) * spread
      let logs = logarithm(
        SIMD4(
          v * alpha / (a / (distance * distance) + b), (mode + 1) / (ratio * (n - mode + 1)),
          (n - mode + 1) / (n - k + 1), ratio * (n - k + 1) / (k + 1)))
      let bound =
        (mode + 0.5) * logs[1] + (n + 1) * logs[2] + (k + 0.5) * logs[3]
        + stirlingRest(mode) + stirlingRest(n - mode) - stirlingRest(k) - stirlingRest(n - k)
      if logs[0] <= bound { return Int(k) }
    }
  }
}

/// (1 - p)^n by squaring, of which complements keep what a small p has.
private func powerOfComplement(_ p: Double, _ n: Int) -> Double {
  var (result, square, rest) = (0.0, p, n)
  while rest > 0 {
    if rest & 1 == 1 { result += square - result * square }
    square *= 2 - square
    rest >>= 1
  }
  return 1 - result
}

/// log k! - (k + 1/2) log(k + 1) + k + 1 - log sqrt(2 pi).
private func stirlingRest(_ k: Double) -> Double {
  if k < 10 { return firstRests[Int(k)] }
  let next = k + 1
  let square = next * next
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / next
}

private let firstRests = [
  0.08106146679532726, 0.04134069595540929, 0.02767792568499834, 0.02079067210376509, 0.01664469118982119,
  0.01387612882307075, 0.01189670994589177, 0.01041126526197209, 0.009255462182712733, 0.008330563433362871,
]
