import TangentNumerics

/// The exact loss over standard normal inputs, one student on each thread.
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
    let nanoseconds = 1e9 * net.populationSeconds(neurons: neurons) * Double(count)
    let workers = ThreadPool.current.workers(tasks: count, nanoseconds: Int(min(nanoseconds, 0x1p62)))
    while passes.count < workers { passes.append(PopulationGradient(net, students: neurons)) }
    ThreadPool.current.share(tasks: count, among: workers) { worker, numbers in
      for number in numbers {
        if let cancel, cancel.isCancelled { return }
        losses[number] = passes[worker].evaluate(
          students + number * size, gradient: gradients.map { $0 + number * size })
      }
    }
  }
}

extension TeacherStudent {
  /// About how long one student's loss and gradient take on one thread.
  func populationSeconds(neurons: Int) -> Double {
    1e-9 * Double(neurons) * Double(neurons + teacherCount) * Double(2 + dimension / 4) / 4
  }

  /// Bytes of a call's scratch memory.
  public func scratchBytes(neurons: Int) -> Int {
    let bytes = Double(ThreadPool.current.threadCount) * PopulationGradient.bytes(self, students: neurons)
    return Int(min(bytes, 0x1p62))
  }
}
