import TangentNumerics

/// The exact loss over standard normal inputs. Threads take a student each, or share one where there are fewer; which
/// changes no bit.
final class PopulationLoss: StudentLoss {
  private let net: TeacherStudent
  private let neurons: Int
  /// One for each worker.
  private var passes: [PopulationGradient] = []

  init(_ net: TeacherStudent, neurons: Int) {
    self.net = net
    self.neurons = neurons
  }

  func evaluate(
    _ students: UnsafePointer<Double>, count: Int, rows: [Int]?, losses: UnsafeMutablePointer<Double>,
    gradients: UnsafeMutablePointer<Double>?, cancel: CancelToken?
  ) {
    let size = neurons * net.dimension
    let groups = (neurons + PopulationGradient.rowsAtOnce - 1) / PopulationGradient.rowsAtOnce
    let seconds = net.populationSeconds(neurons: neurons)
    let pool = ThreadPool.current
    let workers = pool.workers(tasks: count * groups, nanoseconds: nanoseconds(seconds * Double(count)))
    while passes.count < min(workers, count) { passes.append(PopulationGradient(net, students: neurons)) }
    if count >= workers {
      pool.share(tasks: count, among: workers) { worker, numbers in
        let pass = passes[worker]
        for number in numbers {
          if let cancel, cancel.isCancelled { return }
          pass.load(students + number * size)
          PopulationLoss.each(0..<groups, cancel) { pass.meet($0) }
          losses[number] = pass.loss
          guard let gradients else { continue }
          PopulationLoss.each(0..<groups, cancel) { pass.write($0, to: gradients + number * size) }
        }
      }
      return
    }
    let pass = passes[0]
    for number in 0..<count {
      if let cancel, cancel.isCancelled { return }
      pass.load(students + number * size)
      pool.share(tasks: groups, among: workers) { _, groups in
        PopulationLoss.each(groups, cancel) { pass.meet($0) }
      }
      losses[number] = pass.loss
      guard let gradients else { continue }
      pool.share(tasks: groups, among: workers) { _, groups in
        PopulationLoss.each(groups, cancel) { pass.write($0, to: gradients + number * size) }
      }
    }
  }

  /// Large students take seconds: each group asks whether to go on.
  @inline(__always)
  private static func each(_ groups: some Sequence<Int>, _ cancel: CancelToken?, _ work: (Int) -> Void) {
    for group in groups {
      if let cancel, cancel.isCancelled { return }
      work(group)
    }
  }

  private func nanoseconds(_ seconds: Double) -> Int { Int(min(1e9 * seconds, 0x1p62)) }
}

extension TeacherStudent {
  /// About how long one student's loss and gradient take on one thread.
  func populationSeconds(neurons: Int) -> Double {
    // A pair of students is met once, and seen from both sides.
    let met = Double(neurons) * (Double(neurons) / 2 + Double(teacherCount) + 4)
    let seen = Double(neurons) * Double(neurons + teacherCount)
    return 1e-10 * (met * Double(25 + dimension) + seen * Double(dimension))
  }

  /// Bytes of a call's scratch memory.
  public func scratchBytes(neurons: Int) -> Int {
    let bytes = Double(ThreadPool.current.threadCount) * PopulationGradient.bytes(self, students: neurons)
    return Int(min(bytes, 0x1p62))
  }
}
