import TangentNumerics

/// The loss 1/(2n) sum_i (f(x_i) - y_i)^2 on samples. Students and chunks of samples go to the threads; chunks are summed in
/// their order, so that bits do not depend on threads.
final class SampleLoss: StudentLoss {
  private let samples: TrainingSamples
  private let neurons: Int
  private let isAbsolute: Bool
  /// One for each worker.
  private var passes: [SampleGradient] = []
  /// By student and chunk.
  private var squares: [Double] = []
  private var sums: [Double] = []

  private static let mostChunks = 64

  init(_ samples: TrainingSamples, neurons: Int, activation: TeacherStudent.Activation) {
    self.samples = samples
    self.neurons = neurons
    isAbsolute = activation == .absoluteValue
  }

  /// Bytes of a call's scratch memory.
  static func bytes(_ samples: TrainingSamples, neurons: Int, students: Int) -> Int {
    let sums = SampleGradient.sumCount(neurons: neurons, dimension: samples.dimension)
    let bytes = 8 * Double(sums) * Double(students) * Double(min(samples.count, mostChunks) + 4)
    return Int(min(bytes, 0x1p62))
  }

  /// About how long one student's loss and gradient take on one thread.
  static func seconds(_ samples: TrainingSamples, neurons: Int) -> Double {
    1e-9 * Double(samples.count) * Double(neurons) * Double(2 + samples.dimension / 6)
  }

  func evaluate(
    _ students: UnsafePointer<Double>, count: Int, rows: [Int]?, losses: UnsafeMutablePointer<Double>,
    gradients: UnsafeMutablePointer<Double>?, cancel: CancelToken?
  ) {
    let sampleCount = rows?.count ?? samples.count
    let length = SampleGradient.rounded(
      (sampleCount + SampleLoss.mostChunks - 1) / SampleLoss.mostChunks, to: SampleGradient.block)
    let chunks = (sampleCount + length - 1) / length
    let width = SampleGradient.sumCount(neurons: neurons, dimension: samples.dimension)
    let size = neurons * samples.dimension
    squares = [Double](repeating: 0, count: count * chunks)
    sums = [Double](repeating: 0, count: gradients == nil ? 0 : count * chunks * width)
    let share = Double(sampleCount) / Double(samples.count)
    let nanoseconds = 1e9 * SampleLoss.seconds(samples, neurons: neurons) * Double(count) * share
    let workers = ThreadPool.current.workers(
      tasks: count * chunks, nanoseconds: Int(min(nanoseconds, 0x1p62)))
    while passes.count < workers {
      passes.append(SampleGradient(samples, neurons: neurons, isAbsolute: isAbsolute))
    }
    let hasGradients = gradients != nil
    squares.withUnsafeMutableBufferPointer { squares in
      sums.withUnsafeMutableBufferPointer { sums in
        ThreadPool.current.share(tasks: count * chunks, among: workers) { worker, tasks in
          for task in tasks {
            if let cancel, cancel.isCancelled { return }
            let (student, chunk) = task.quotientAndRemainder(dividingBy: chunks)
            squares[task] = passes[worker].evaluate(
              students + student * size, places: chunk * length..<min((chunk + 1) * length, sampleCount),
              rows: rows, sums: hasGradients ? sums.baseAddress! + task * width : nil, cancel)
          }
        }
      }
    }
    for student in 0..<count {
      losses[student] =
        squares[student * chunks..<(student + 1) * chunks].reduce(0, +) / Double(2 * sampleCount)
      guard let gradients else { continue }
      write(
        student, chunks: chunks, width: width, samples: sampleCount, students + student * size,
        to: gradients + student * size)
    }
  }

  /// |w| (1 + u u^T) g, g the mean of the chunks' sums.
  private func write(
    _ student: Int, chunks: Int, width: Int, samples count: Int, _ weights: UnsafePointer<Double>,
    to gradient: UnsafeMutablePointer<Double>
  ) {
    let d = samples.dimension
    let rowStride = SampleGradient.rounded(d, to: Octet.count)
    for neuron in 0..<neurons {
      let (w, g) = (weights + neuron * d, gradient + neuron * d)
      var (square, along) = (0.0, 0.0)
      for k in 0..<d {
        var sum = 0.0
        for chunk in 0..<chunks { sum += sums[(student * chunks + chunk) * width + neuron * rowStride + k] }
        g[k] = sum / Double(count)
        square += w[k] * w[k]
        along += w[k] * g[k]
      }
      let size = square.squareRoot()
      // u (u.g) = w (w.g) / |w|^2
      let part = square > 0 ? along / square : 0
      for k in 0..<d { g[k] = size * (g[k] + part * w[k]) }
    }
  }
}
