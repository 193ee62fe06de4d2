import Synchronization
import TangentCircuits
import TangentNumerics

/// Random walks of pairs of strings: at a rotation that both anticommute with, each of the two continuations with
/// probability 1/2.
struct PauliWalks: Sendable {
  /// Walks of one task, whose sums are added in order, so that no number of threads changes the bits.
  private static let chunk = 256
  /// Tasks that are kept until they are added, so that memory does not grow with the number of walks.
  private static let round = 1024

  struct Sums: Sendable {
    var kernel: [Double]
    var moment: [Double]
    var kernelSquare: [Double]
  }

  private let problem: AverageProblem
  private let seed: UInt64
  /// Running sums of |c_Q c_Q'| over the pairs of terms.
  private let cumulated: [Double]

  init(_ problem: AverageProblem, seed: UInt64) throws(TangentError) {
    for step in problem.steps {
      if case .turn = step {
        throw .invalid(
          "a rotation by a feature or a fixed angle stands behind parameters or entangling gates; random walks need it "
            + "before them, take the exact table")
      }
    }
    self.problem = problem
    self.seed = seed
    var sum = 0.0
    cumulated = problem.pairs.map {
      sum += abs($0.weight)
      return sum
    }
  }

  func sums(count: Int, cancel: CancelToken?) throws(TangentError) -> Sums {
    let m = problem.sampleCount
    let empty = Sums(
      kernel: [Double](repeating: 0, count: m * m), moment: [Double](repeating: 0, count: m * m),
      kernelSquare: [Double](repeating: 0, count: m * m))
    guard let total = cumulated.last, total > 0 else { return empty }
    let tasks = (count - 1) / PauliWalks.chunk + 1
    var sums = empty
    for first in stride(from: 0, to: tasks, by: PauliWalks.round) {
      for part in parts(first..<min(first + PauliWalks.round, tasks), of: count, total, empty, cancel) {
        for k in 0..<m * m {
          sums.kernel[k] += part.kernel[k]
          sums.moment[k] += part.moment[k]
          sums.kernelSquare[k] += part.kernelSquare[k]
        }
      }
      try cancel?.check()
    }
    return sums
  }

  /// The sums of some tasks, in order; fewer where cancelled.
  private func parts(
    _ tasks: Range<Int>, of count: Int, _ total: Double, _ empty: Sums, _ cancel: CancelToken?
  ) -> [Sums] {
    let m = problem.sampleCount
    let parts = Mutex([Sums?](repeating: nil, count: tasks.count))
    let nanoseconds =
      10.0 * Double(PauliWalks.chunk * tasks.count) * Double(problem.steps.count + 10 * m * m)
    let workers = ThreadPool.current.workers(tasks: tasks.count, nanoseconds: Int(min(nanoseconds, 0x1p62)))
    ThreadPool.current.share(tasks: tasks.count, among: workers) { _, numbers in
      for number in numbers {
        if cancel?.isCancelled ?? false { return }
        let task = tasks.lowerBound + number
        var part = empty
        var random = Philox(seed: seed, stream: Philox.stream(.pauliWalk, task))
        for _ in 0..<min(PauliWalks.chunk, count - task * PauliWalks.chunk) { walk(&random, total, &part) }
        parts.withLock { $0[number] = part }
      }
    }
    return parts.withLock { $0.compactMap(\.self) }
  }

  private func walk(_ random: inout Philox, _ total: Double, _ sums: inout Sums) {
    let drawn = random.uniform() * total
    let index = cumulated.firstIndex { $0 > drawn } ?? cumulated.count - 1
    let terms = problem.terms
    let (a, b) = (terms[index / terms.count], terms[index % terms.count])
    var (first, second) = (a.string, b.string)
    var weight = a.coefficient * b.coefficient < 0 ? -total : total
    var squares = 0.0
    // One draw gives the coins of 64 turns.
    var (coins, left) = (UInt64(0), 0)
    for step in problem.steps {
      switch step {
      case .clifford(let gate): weight *= gate.move(&first) * gate.move(&second)
      case .parameter(let string, let square):
        let (one, two) = (first.commutes(with: string), second.commutes(with: string))
        if one && two { continue }
        guard !one && !two else { return }
        squares += square
        if left == 0 { (coins, left) = (random.nextUInt64(), 64) }
        if coins & 1 == 1 {
          let (p, q) = (string.turned(first), string.turned(second))
          (first, second) = (p.string, q.string)
          weight *= p.sign * q.sign
        }
        coins >>= 1
        left -= 1
      case .turn: return
      }
    }
    let m = problem.sampleCount
    let moved = (0..<m).map { problem.expectation(first, $0) }
    let right = first == second ? moved : (0..<m).map { problem.expectation(second, $0) }
    for i in 0..<m where moved[i] != 0 {
      for j in 0..<m {
        let value = weight * moved[i] * right[j]
        sums.moment[i * m + j] += value
        sums.kernel[i * m + j] += squares * value
        sums.kernelSquare[i * m + j] += squares * value * squares * value
      }
    }
  }
}
