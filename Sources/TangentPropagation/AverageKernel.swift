import TangentCircuits
import TangentNumerics

/// Averages over uniform parameters of a circuit of Clifford gates and Pauli rotations: E K_ij, E yhat_i yhat_j and
/// E yhat_j, by taking pairs of Pauli strings backwards through the gates. Without simulating a state, so that the
/// number of qubits does not matter. Derived in docs/maths.md, section "averages over parameters".
public struct AverageKernel: Sendable {
  public let sampleCount: Int
  /// (m, m) each, and (m).
  public private(set) var kernel: [Double]
  public private(set) var secondMoment: [Double]
  public private(set) var mean: [Double]
  /// Of the kernel, (m, m); 0 for exact tables.
  public private(set) var standardError: [Double]
  /// Distinct pairs at the end of the table, the most of all sample pairs; 0 for walks.
  public private(set) var strings = 0

  private init(_ m: Int) {
    sampleCount = m
    kernel = [Double](repeating: 0, count: m * m)
    secondMoment = kernel
    standardError = kernel
    mean = [Double](repeating: 0, count: m)
  }

  /// From a table of all strings.
  /// - Throws: `invalidArgument` for circuits beyond the method (the gate is named) and for more than `maximumStrings`
  ///   strings; `cancelled`.
  public static func exact(
    _ problem: AverageProblem, maximumStrings: Int, cancel: CancelToken? = nil
  ) throws(TangentError) -> AverageKernel {
    let m = problem.sampleCount
    var result = AverageKernel(m)
    // Gates behind every feature treat all samples alike.
    let shared = problem.steps.prefix { if case .turn = $0 { false } else { true } }
    let own = problem.steps.dropFirst(shared.count)
    var common = PauliTable<StringPair>(problem.pairs)
    for step in shared {
      try cancel?.check()
      common.pass(step, samples: (0, 0))
      try problem.require(common.entries.count, atMost: maximumStrings)
    }
    common.merge()
    for i in 0..<m {
      for j in 0...i {
        var table = common
        for step in own {
          try cancel?.check()
          table.pass(step, samples: (i, j))
          try problem.require(table.entries.count, atMost: maximumStrings)
        }
        if !own.isEmpty { table.merge() }
        var (kernel, moment) = (0.0, 0.0)
        for entry in table.entries {
          let both = problem.expectation(entry.key.first, i) * problem.expectation(entry.key.second, j)
          kernel += entry.kernel * both
          moment += entry.weight * both
        }
        (result.kernel[i * m + j], result.kernel[j * m + i]) = (kernel, kernel)
        (result.secondMoment[i * m + j], result.secondMoment[j * m + i]) = (moment, moment)
        result.strings = max(result.strings, table.entries.count)
      }
      result.mean[i] = try problem.mean(sample: i, maximumStrings, cancel)
    }
    return result
  }

  /// From `count` random walks of pairs, shared by all samples.
  /// - Throws: `invalidArgument` for circuits beyond the method (the gate is named); `cancelled`.
  public static func walks(
    _ problem: AverageProblem, count: Int, seed: UInt64, cancel: CancelToken? = nil
  ) throws(TangentError) -> AverageKernel {
    guard count >= 2 else { throw .invalid("\(count) walks have no standard error; take 2 at least") }
    let m = problem.sampleCount
    var result = AverageKernel(m)
    let walks = try PauliWalks(problem, seed: seed)
    let sums = try walks.sums(count: count, cancel: cancel)
    let n = Double(count)
    for k in 0..<m * m {
      // A pair and its mirror are the same estimate.
      let mirror = k % m * m + k / m
      result.kernel[k] = (sums.kernel[k] + sums.kernel[mirror]) / (2 * n)
      result.secondMoment[k] = (sums.moment[k] + sums.moment[mirror]) / (2 * n)
      let square = max(sums.kernelSquare[k], sums.kernelSquare[mirror]) / n
      result.standardError[k] = (max(0, square - result.kernel[k] * result.kernel[k]) / (n - 1)).squareRoot()
    }
    for i in 0..<m { result.mean[i] = try problem.mean(sample: i, Int.max, cancel) }
    return result
  }
}
