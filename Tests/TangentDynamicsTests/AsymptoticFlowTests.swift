import Glibc
import TangentDynamics
import TangentNumerics
import TestSupport
import Testing

@Suite struct AsymptoticFlowTests {
  /// Pure, mixed, two, three and many eigenvalues, equal states, more samples than dimensions.
  static let problems: [FlowProblem] = {
    func make(
      _ spectrum: [(Double, Int)], _ ranks: [Int], orthogonal: Bool = false, _ seed: UInt64
    ) -> FlowProblem {
      try! FlowProblem(
        spectrum: spectrum.map { (value: $0.0, multiplicity: $0.1) }, ranks: ranks, orthogonal: orthogonal,
        seed: seed)
    }
    return [
      make([(1, 4), (-1, 4)], [1, 1, 1, 1], orthogonal: true, 1),
      make([(2, 4), (-2, 4)], [1, 1, 1], 2),
      make([(1, 3), (-1, 5)], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 3),
      make([(1.5, 2), (0, 4), (-1, 2)], [1, 1, 1], 4),
      make([(3, 1), (0, 7)], [1, 1], 5),
      make([(1, 2), (-1, 2)], [2, 3, 4], 6),
      make([(1, 1), (0.2, 1), (-0.3, 1), (-1.4, 1)], [1, 4, 2], 7),
      make((0..<8).map { (cos(Double($0)), 1) }, [1, 1, 1, 1], 8),
      make([(0.7, 4)], [1, 1], 9),
      make([(2, 1), (-2, 1)], [1, 1, 1], 10),
      make((0..<24).map { (sin(Double($0)), 1) }, [1, 1, 1], 11),
    ]
  }()

  @Test(arguments: problems.indices.dropLast())
  func bothAgreeWithTheNaiveFlow(index: Int) throws {
    let problem = Self.problems[index]
    let input = try FlowInput(labels: problem.labels, times: [0, 0.3, 1.1], rate: 0.8)
    let reduced = try problem.reduced().integrate(input)
    let dense = try problem.dense().integrate(input)
    var naive = NaiveFlow(
      problem.measurement, densities: problem.densities, labels: problem.labels, rate: 0.8)
    let m = problem.columns.sampleCount
    for (k, step) in [0, 0.3, 0.8].enumerated() {
      naive.advance(by: step, steps: 700)
      for flow in [reduced, dense] {
        #expect(largestDifference(Array(flow.predictions[k * m..<(k + 1) * m]), naive.predictions) < 1e-9)
        #expect(largestDifference(Array(flow.kernels[k * m * m..<(k + 1) * m * m]), naive.kernel) < 1e-9)
      }
    }
  }

  @Test(arguments: problems.indices)
  func reducedAgreesWithDenseAtLateTimes(index: Int) throws {
    let problem = Self.problems[index]
    let input = try FlowInput(labels: problem.labels, times: (1...40).map { 0.5 * Double($0) })
    let reduced = try problem.reduced().integrate(input)
    let dense = try problem.dense().integrate(input)
    #expect(largestDifference(reduced.predictions, dense.predictions) < 1e-9)
    #expect(largestDifference(reduced.kernels, dense.kernels) < 1e-9)
  }

  /// The states |e_i>, (|e_i> + |e_k>)/sqrt 2 and (|e_i> + i|e_k>)/sqrt 2 give M(t) back from its predictions.
  @Test func spectrumIsConserved() throws {
    let d = 3
    let spectrum = [1.0, 0.4, -1.2]
    var kets: [[(Double, Double)]] = []
    for i in 0..<d { kets.append((0..<d).map { ($0 == i ? 1 : 0, 0) }) }
    let half = 0.5.squareRoot()
    for i in 0..<d {
      for k in 0..<i {
        kets.append((0..<d).map { ($0 == i || $0 == k ? half : 0, 0) })
        kets.append((0..<d).map { ($0 == i ? half : 0, $0 == k ? half : 0) })
      }
    }
    var vectors = ComplexMatrix(rows: d, columns: kets.count)
    for (a, ket) in kets.enumerated() { for x in 0..<d { vectors[x, a] = (ket[x].0, ket[x].1) } }
    let problem = try FlowProblem(
      spectrum: spectrum.map { (value: $0, multiplicity: 1) }, ranks: [Int](repeating: 1, count: kets.count),
      seed: 3)
    let flow = try DenseFlow(columns: problem.columns, vectors: vectors, observable: problem.measurement)
    let reduced = try ReducedFlow(
      columns: problem.columns, eigenvalues: spectrum,
      coordinates: (0..<d).map { k in
        var bra = ComplexMatrix(rows: 1, columns: d)
        for x in 0..<d { bra[0, x] = (problem.basis[x, k].re, -problem.basis[x, k].im) }
        return bra.multiplied(by: vectors)
      })
    let input = try FlowInput(labels: problem.labels, times: [0, 3, 30])
    for trajectory in [try flow.integrate(input), try reduced.integrate(input)] {
      for t in 0..<3 {
        let y = Array(trajectory.predictions[t * kets.count..<(t + 1) * kets.count])
        var m = ComplexMatrix(rows: d, columns: d)
        var next = d
        for i in 0..<d { m[i, i] = (y[i], 0) }
        for i in 0..<d {
          for k in 0..<i {
            let mean = 0.5 * (y[i] + y[k])
            // <ket|M|ket> = mean + Re M_ik, and mean + Re(i M_ik) = mean - Im M_ik
            m[i, k] = (y[next] - mean, mean - y[next + 1])
            m[k, i] = (m[i, k].re, -m[i, k].im)
            next += 2
          }
        }

        #expect(largestDifference(try HermitianEigen(m).values, spectrum.sorted()) < 1e-9)
      }
    }
  }

  /// One sample, y = 1, M^2 = gamma^2: an antiderivative of 1/((gamma^2 - x^2)(1 - x)) grows by 2ct.
  @Test(arguments: [1, 0.7, 1.6, 3])
  func oneSampleFollowsItsClosedForm(gamma: Double) throws {
    func implicit(_ x: Double) -> Double {
      if gamma == 1 { return 1 / (2 * (1 - x)) + 0.25 * log((1 + x) / (1 - x)) }
      return -log(1 - x) / (gamma * gamma - 1) + log(gamma + x) / (2 * gamma * (1 + gamma))
        - log(abs(gamma - x)) / (2 * gamma * (1 - gamma))
    }
    let problem = try FlowProblem(
      spectrum: [(value: gamma, multiplicity: 2), (value: -gamma, multiplicity: 2)], ranks: [1], labels: [1],
      seed: 5)
    let rate = 0.3
    let times = [0, 0.1, 0.5, 1, 3]
    for flow in [
      try problem.reduced().integrate(FlowInput(labels: [1], times: times, rate: rate)),
      try problem.dense().integrate(FlowInput(labels: [1], times: times, rate: rate)),
    ] {
      for (t, x) in zip(times, flow.predictions).dropFirst() {
        // An error of x divided by (gamma^2 - x^2)(1 - x) is one of its antiderivative.
        let error = implicit(x) - implicit(flow.predictions[0]) - 2 * rate * t
        #expect(abs(error * (gamma * gamma - x * x) * (1 - x)) < 1e-10)
      }
      for (x, k) in zip(flow.predictions, flow.kernels) {
        #expect(abs(k - 2 * (gamma * gamma - x * x)) < 1e-9)
      }
    }
  }

  /// L t^2 -> 1/(32 c^2) for orthonormal states with balanced labels +-1, 1/(128 c^2) when they fill the space.
  @Test(arguments: [(4, 1.0), (8, 0.25)])
  func lateLossFallsAsTheInverseSquare(samples: Int, limit: Double) throws {
    let labels = (0..<samples).map { $0 % 2 == 0 ? 1.0 : -1 }
    let problem = try FlowProblem(
      spectrum: [(value: 1, multiplicity: 4), (value: -1, multiplicity: 4)],
      ranks: [Int](repeating: 1, count: samples), orthogonal: true, labels: labels, seed: 12)
    let t = 1e4
    let flow = try problem.reduced().integrate(FlowInput(labels: labels, times: [t]))
    let loss =
      zip(flow.predictions, labels).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(2 * samples)
    #expect(abs(32 * loss * t * t / limit - 1) < 2e-3)
  }

  /// The loss never grows and the residuals obey dr/dt = -c K r with the returned kernels.
  @Test func residualsFollowTheKernel() throws {
    let problem = Self.problems[3]
    let h = 1e-4
    let input = try FlowInput(labels: problem.labels, times: [1 - h, 1, 1 + h], rate: 1.7)
    let flow = try problem.reduced().integrate(input)
    let m = problem.columns.sampleCount
    for i in 0..<m {
      let slope = (flow.predictions[2 * m + i] - flow.predictions[i]) / (2 * h)
      let expected = (0..<m).reduce(0.0) {
        $0 - 1.7 * flow.kernels[m * m + i * m + $1] * (flow.predictions[m + $1] - problem.labels[$1])
      }
      #expect(abs(slope - expected) < 1e-6)
    }
  }

  /// 64 pure states, two eigenvalues, 1,000 times to t = 20: at most five seconds of one core.
  @Test func manySamplesAreFast() throws {
    let m = 64
    let problem = try FlowProblem(
      spectrum: [(value: 1, multiplicity: 64), (value: -1, multiplicity: 64)],
      ranks: [Int](repeating: 1, count: m),
      labels: (0..<m).map { $0 % 2 == 0 ? 1 : -1 }, seed: 9)
    let flow = try problem.reduced()
    let input = try FlowInput(labels: problem.labels, times: (1...1000).map { 0.02 * Double($0) })
    var (start, end) = (timespec(), timespec())
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
    let trajectory = try flow.integrate(input)
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
    let seconds = Double(end.tv_sec - start.tv_sec) + 1e-9 * Double(end.tv_nsec - start.tv_nsec)
    print("asymptotic flow, m = 64, 1,000 times: \(seconds) s")
    #expect(seconds < 5)
    #expect(trajectory.predictions.count == 1000 * m && trajectory.kernels.count == 1000 * m * m)
    let coarse = try flow.integrate(FlowInput(labels: problem.labels, times: [10, 20]))
    #expect(
      largestDifference(Array(trajectory.predictions[499 * m..<500 * m]), Array(coarse.predictions[..<m]))
        < 1e-9)
    #expect(
      largestDifference(Array(trajectory.predictions[999 * m..<1000 * m]), Array(coarse.predictions[m...]))
        < 1e-9)
  }
}
