import Glibc
import Testing

@testable import TangentNumerics

@Suite struct DormandPrinceTests {
  private func solve(
    _ state: [Double], from start: Double = 0, at times: [Double], tolerance: Double = 1e-12,
    cancel: CancelToken? = nil, _ derivative: DormandPrince.Derivative
  ) throws -> [[Double]] {
    var result: [[Double]] = []
    let integrator = try DormandPrince(relativeTolerance: tolerance, absoluteTolerance: tolerance)
    try integrator.integrate(state, from: start, at: times, cancel: cancel, derivative: derivative) {
      index, state in
      #expect(index == result.count)
      result.append(state)
    }
    return result
  }

  /// Row sums equal the nodes, and the quadrature conditions of order eight hold: a wrong digit would break them.
  @Test func tableSatisfiesTheOrderConditions() {
    for (row, node) in zip(DormandPrinceTable.stages, DormandPrinceTable.nodes) {
      #expect(abs(row.reduce(0) { $0 + $1.coefficient } - node) < 1e-13)
    }
    for power in 0..<8 {
      let sum = DormandPrinceTable.stages[12].reduce(0) {
        $0 + $1.coefficient * pow(DormandPrinceTable.nodes[$1.stage], Double(power))
      }
      #expect(abs(sum - 1 / Double(power + 1)) < 1e-14)
    }
    for error in [DormandPrinceTable.fifthOrderError, DormandPrinceTable.thirdOrderError] {
      #expect(abs(error.reduce(0) { $0 + $1.coefficient }) < 1e-14)
    }
  }

  @Test(arguments: [1e-6, 1e-9, 1e-12, 1e-13])
  func harmonicOscillatorAtManyTimes(tolerance: Double) throws {
    let times = (0...500).map { 0.02 * Double($0) }
    let values = try solve([1, 0], at: times, tolerance: tolerance) { _, y, d in
      d[0] = y[1]
      d[1] = -y[0]
    }
    #expect(values.count == times.count)
    for (t, y) in zip(times, values) {
      #expect(abs(y[0] - cos(t)) < 20 * tolerance)
      #expect(abs(y[1] + sin(t)) < 20 * tolerance)
    }
  }

  @Test func timeDependentAndOddTimes() throws {
    let times = [1, 1, 1.25, 4, 4]
    let values = try solve([1], from: 1, at: times) { t, y, d in d[0] = -2 * t * y[0] }
    for (t, y) in zip(times, values) { #expect(abs(y[0] - exp(1 - t * t)) < 1e-12) }
    #expect(try solve([], at: [0, 1]) { _, _, _ in }.count == 2)
    #expect(try solve([1], at: []) { _, _, _ in }.isEmpty)
    #expect(try solve([7], at: [0]) { _, _, _ in } == [[7]])
  }

  /// A restricted three-body orbit returns to its start; Hairer et al. print the period.
  @Test func arenstorfOrbitCloses() throws {
    let mu = 0.012277471
    let start = [0.994, 0, 0, -2.00158510637908252240537862224]
    let period = 17.0652165601579625588917206249
    let end = try solve(start, at: [period], tolerance: 1e-13) { _, y, d in
      let first = pow((y[0] + mu) * (y[0] + mu) + y[1] * y[1], 1.5)
      let second = pow((y[0] - 1 + mu) * (y[0] - 1 + mu) + y[1] * y[1], 1.5)
      d[0] = y[2]
      d[1] = y[3]
      d[2] = y[0] + 2 * y[3] - (1 - mu) * (y[0] + mu) / first - mu * (y[0] - 1 + mu) / second
      d[3] = y[1] - 2 * y[2] - (1 - mu) * y[1] / first - mu * y[1] / second
    }
    #expect(abs(end[0][0] - start[0]) < 1e-6 && abs(end[0][1]) < 1e-6)
  }

  /// A step of the dense output costs few evaluations: 1,000 values between two ends, no more steps than for one.
  @Test func outputTimesDoNotShortenSteps() throws {
    var counts: [Int] = []
    for times in [[10.0], (1...1000).map { 0.01 * Double($0) }] {
      var evaluations = 0
      _ = try solve([1, 0], at: times) { _, y, d in
        evaluations += 1
        d[0] = y[1]
        d[1] = -y[0]
      }
      counts.append(evaluations)
    }
    #expect(Double(counts[1]) < 1.3 * Double(counts[0]))
  }

  @Test func blowUpAndNotFiniteNameTheTime() throws {
    let blowUp = #expect(throws: TangentError.self) {
      try solve([1], at: [2]) { _, y, d in d[0] = y[0] * y[0] }
    }
    #expect(blowUp?.kind == .numerical)
    #expect(
      blowUp?.message.contains("at time 0.9999") == true || blowUp?.message.contains("at time 1.0") == true)
    let late = #expect(throws: TangentError.self) {
      try solve([1], at: [2]) { t, _, d in d[0] = t > 0.5 ? .nan : 1 }
    }
    #expect(late?.kind == .numerical)
    #expect(late?.message.contains("the derivative is not finite") == true)
    #expect(
      late?.message.contains("at time 0.49999") == true || late?.message.contains("at time 0.5") == true)
    let first = #expect(throws: TangentError.self) { try solve([1], at: [2]) { _, _, d in d[0] = .infinity } }
    #expect(first?.message.contains("at time 0.0") == true)
  }

  @Test func cancelAndRethrow() throws {
    let token = CancelToken()
    var evaluations = 0
    let cancelled = #expect(throws: TangentError.self) {
      try solve([1], at: [1e9], cancel: token) { t, y, d in
        evaluations += 1
        if evaluations == 500 { token.cancel() }
        d[0] = cos(t)
      }
    }
    #expect(cancelled?.kind == .cancelled)
    #expect(evaluations < 520)
    let own = #expect(throws: TangentError.self) {
      try solve([1], at: [1]) { (_, _, _) throws(TangentError) in throw TangentError(.internalError, "mine") }
    }
    #expect(own?.message == "mine")
  }

  @Test func badArgumentsAreNamed() {
    func message(_ times: [Double], _ tolerance: Double = 1e-9) -> String {
      let error = #expect(throws: TangentError.self) {
        try solve([1], at: times, tolerance: tolerance) { _, y, d in d[0] = -y[0] }
      }
      #expect(error?.kind == .invalidArgument)
      return error?.message ?? ""
    }
    #expect(message([0, 2, 1]).contains("time 2 is 1.0"))
    #expect(message([-1]).contains("time 0 is -1.0"))
    #expect(message([0, .nan]).contains("time 1 is nan"))
    #expect(message([1], 0).contains("tolerance is 0.0"))
    #expect(message([1], .nan).contains("tolerance is nan"))
  }
}
