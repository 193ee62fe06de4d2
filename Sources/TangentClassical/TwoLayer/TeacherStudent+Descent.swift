import TangentNumerics

extension TeacherStudent {
  /// Losses (s), and gradients (s, m, d) where asked for, of s students of m neurons.
  /// - Throws: on a wrong number of entries, `cancelled`.
  public func evaluate(
    _ students: [Double], count: Int, gradients: Bool = true, cancel: CancelToken? = nil
  ) throws(TangentError) -> (losses: [Double], gradients: [Double]) {
    let size = try neurons(students, count) * dimension
    var losses = [Double](repeating: 0, count: count)
    var found = [Double](repeating: 0, count: gradients ? students.count : 0)
    let neurons = size / dimension
    losses.withUnsafeMutableBufferPointer { losses in
      found.withUnsafeMutableBufferPointer { found in
        students.withUnsafeBufferPointer { students in
          shareStudents(count, neurons, steps: 1) { pass, number in
            if let cancel, cancel.isCancelled { return }
            losses[number] = pass.evaluate(
              students.baseAddress! + number * size,
              gradient: gradients ? found.baseAddress! + number * size : nil)
          }
        }
      }
    }
    try cancel?.check()
    return (losses, found)
  }

  /// What gradient descent recorded.
  public struct Descent: Sendable {
    /// (s, m, d), after the last step.
    public var students: [Double]
    /// By student and recorded step.
    public var losses: [Double]
    public var gradientNorms: [Double]
    /// (s, recorded steps, m, d), empty unless asked for.
    public var path: [Double]
  }

  /// Gradient descent w <- w - rate dL/dw from many starts at a time, one on each thread.
  /// - Parameters:
  ///   - recordedSteps: increasing, from 0 to `steps`; losses and norms are those before that step's update.
  /// - Throws: on a wrong number of entries, where a loss is no longer finite, and `cancelled`.
  public func descend(
    _ starts: [Double], count: Int, rate: Double, recordedSteps: [Int], recordsPath: Bool,
    cancel: CancelToken? = nil
  ) throws(TangentError) -> Descent {
    let neurons = try neurons(starts, count)
    let (size, records) = (neurons * dimension, recordedSteps.count)
    guard zip(recordedSteps, recordedSteps.dropFirst()).allSatisfy(<), (recordedSteps.first ?? 0) >= 0 else {
      throw .invalid("recorded steps must be increasing and at least 0")
    }
    var result = Descent(
      students: starts, losses: [Double](repeating: .nan, count: count * records),
      gradientNorms: [Double](repeating: .nan, count: count * records),
      path: [Double](repeating: 0, count: recordsPath ? count * records * size : 0))
    result.students.withUnsafeMutableBufferPointer { students in
      result.losses.withUnsafeMutableBufferPointer { losses in
        result.gradientNorms.withUnsafeMutableBufferPointer { norms in
          result.path.withUnsafeMutableBufferPointer { path in
            shareStudents(count, neurons, steps: recordedSteps.last ?? 0) { pass, number in
              let student = students.baseAddress! + number * size
              withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { buffer in
                let gradient = buffer.baseAddress!
                var step = 0
                for (record, recordedStep) in recordedSteps.enumerated() {
                  while step < recordedStep {
                    if let cancel, cancel.isCancelled { return }
                    _ = pass.evaluate(student, gradient: gradient)
                    for k in 0..<size { student[k] -= rate * gradient[k] }
                    step += 1
                  }
                  losses[number * records + record] = pass.evaluate(student, gradient: gradient)
                  var square = 0.0
                  for k in 0..<size { square += gradient[k] * gradient[k] }
                  norms[number * records + record] = square.squareRoot()
                  if recordsPath {
                    (path.baseAddress! + (number * records + record) * size).update(
                      from: student, count: size)
                  }
                }
              }
            }
          }
        }
      }
    }
    try cancel?.check()
    if let place = result.losses.firstIndex(where: { !$0.isFinite }) {
      throw TangentError(
        .numerical,
        "the loss is \(result.losses[place]) at step \(recordedSteps[place % records]); "
          + "the learning rate \(rate) is too large")
    }
    return result
  }

  /// Bytes of a call's scratch memory.
  public func scratchBytes(neurons: Int) -> Int {
    let bytes = Double(ThreadPool.current.threadCount) * PopulationGradient.bytes(self, students: neurons)
    return Int(min(bytes, 0x1p62))
  }

  private func neurons(_ students: [Double], _ count: Int) throws(TangentError) -> Int {
    guard count >= 1, !students.isEmpty, students.count.isMultiple(of: count * dimension) else {
      throw .invalid(
        "there are \(students.count) entries, which are no \(count) students of dimension \(dimension)")
    }
    return students.count / (count * dimension)
  }

  private func shareStudents(
    _ count: Int, _ neurons: Int, steps: Int, _ body: (PopulationGradient, Int) -> Void
  ) {
    let pairs = Double(neurons) * Double(neurons + teacherCount)
    let nanoseconds = Double(count) * Double(max(steps, 1)) * pairs * Double(2 + dimension / 4)
    let workers = ThreadPool.current.workers(tasks: count, nanoseconds: Int(min(nanoseconds, 0x1p62)))
    ThreadPool.current.share(tasks: count, among: workers) { _, numbers in
      let pass = PopulationGradient(self, students: neurons)
      for number in numbers { body(pass, number) }
    }
  }
}
