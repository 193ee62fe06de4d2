import TangentNumerics

/// Computes sum_i (-1)^(bits of i in mask) w_i for a set of masks by folding w over one index bit after the other:
/// for all n single-bit masks together 2^(n+1) additions instead of n 2^n.
struct FoldProgram: BitwiseCopyable {
  private enum Kind: BitwiseCopyable {
    /// low <- low + high
    case plus
    /// low <- low - high
    case minus
    /// low, high <- low + high, low - high
    case both
    /// low <- low + high, and sum(low - high) is a result
    case plusAndSum
    /// sum(low - high) is a result
    case minusSum
    /// sum(low) is a result; `half` is then the length
    case total
  }

  private struct Step: BitwiseCopyable {
    let kind: Kind
    let offset: Int
    let half: Int
    let result: Int
  }

  private let steps: UnsafePointer<Step>
  private let stepCount: Int
  let maskCount: Int
  /// Where the first step adds the halves of w and has its result in their difference, the number of that result: then
  /// whoever makes w can do that step while it has both halves at hand. Else -1.
  let firstResult: Int

  /// - Parameter masks: distinct.
  init(masks: [Int], indexBits: Int, arena: Arena) {
    var steps: [Step] = []
    FoldProgram.fold(
      masks.enumerated().map { (mask: $0.element, result: $0.offset) }, offset: 0, bit: indexBits - 1,
      into: &steps)
    self.steps = arena.copy(steps)
    stepCount = steps.count
    maskCount = masks.count
    if let first = steps.first, first.kind == .plusAndSum {
      firstResult = first.result
    } else {
      firstResult = -1
    }
  }

  private static func fold(
    _ masks: [(mask: Int, result: Int)], offset: Int, bit: Int, into steps: inout [Step]
  ) {
    guard let only = masks.first else { return }
    if masks.count == 1, only.mask == 0 {
      steps.append(Step(kind: .total, offset: offset, half: 1 << (bit + 1), result: only.result))
      return
    }
    let half = 1 << bit
    let plus = masks.filter { $0.mask & half == 0 }
    let minus = masks.filter { $0.mask & half != 0 }.map { (mask: $0.mask ^ half, result: $0.result) }
    let single = minus.count == 1 && minus[0].mask == 0
    let result = minus.first?.result ?? 0
    switch (plus.isEmpty, minus.isEmpty) {
    case (false, true):
      steps.append(Step(kind: .plus, offset: offset, half: half, result: 0))
      fold(plus, offset: offset, bit: bit - 1, into: &steps)
    case (true, _) where single:
      steps.append(Step(kind: .minusSum, offset: offset, half: half, result: result))
    case (true, _):
      steps.append(Step(kind: .minus, offset: offset, half: half, result: 0))
      fold(minus, offset: offset, bit: bit - 1, into: &steps)
    case (false, false) where single:
      steps.append(Step(kind: .plusAndSum, offset: offset, half: half, result: result))
      fold(plus, offset: offset, bit: bit - 1, into: &steps)
    case (false, false):
      steps.append(Step(kind: .both, offset: offset, half: half, result: 0))
      fold(minus, offset: offset + half, bit: bit - 1, into: &steps)
      fold(plus, offset: offset, bit: bit - 1, into: &steps)
    }
  }

  /// Destroys w; writes one lane a mask into `sums`. With `isBegun` the first step has been done.
  @inline(never)
  func run<L: LaneVector>(_ w: UnsafeMutablePointer<L>, sums: UnsafeMutablePointer<L>, isBegun: Bool) {
    for k in (isBegun ? 1 : 0)..<stepCount {
      let step = steps[k]
      let low = w + step.offset
      let high = low + step.half
      switch step.kind {
      case .plus: for i in 0..<step.half { low[i] += high[i] }
      case .minus: for i in 0..<step.half { low[i] = low[i] - high[i] }
      case .both:
        for i in 0..<step.half {
          let (a, b) = (low[i], high[i])
          low[i] = a + b
          high[i] = a - b
        }
      case .plusAndSum:
        sums[step.result] = sum(step.half) { i in
          let (a, b) = (low[i], high[i])
          low[i] = a + b
          return a - b
        }
      case .minusSum: sums[step.result] = sum(step.half) { i in low[i] - high[i] }
      case .total: sums[step.result] = sum(step.half) { i in low[i] }
      }
    }
  }

  /// Sum of term(i), 0 <= i < count, a power of two; four sums side by side, since one waits for its last addition.
  @inline(__always)
  private func sum<L: LaneVector>(_ count: Int, _ term: (Int) -> L) -> L {
    if count < 4 { return count == 1 ? term(0) : term(0) + term(1) }
    var (a, b, c, d) = (term(0), term(1), term(2), term(3))
    var i = 4
    while i < count {
      a += term(i)
      b += term(i &+ 1)
      c += term(i &+ 2)
      d += term(i &+ 3)
      i &+= 4
    }
    return (a + b) + (c + d)
  }
}
