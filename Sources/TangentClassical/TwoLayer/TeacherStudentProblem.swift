import TangentNumerics
import TangentOptimization

/// Training runs of students beside a teacher.
public typealias TeacherStudentRun = Run<TeacherStudentProblem>

/// What a run of students trains: their loss over the population of inputs, or on samples.
public final class TeacherStudentProblem: TrainingProblem {
  public let net: TeacherStudent
  /// Of each student.
  public let neurons: Int
  public let samples: TrainingSamples?

  /// - Throws: `invalidArgument` where the samples do not fit the teacher.
  public init(
    _ net: TeacherStudent, neurons: Int, samples: TrainingSamples? = nil
  ) throws(TangentError) {
    let size = neurons.multipliedReportingOverflow(by: net.dimension)
    guard neurons >= 1, !size.overflow else {
      throw .invalid("a student has \(neurons) neurons; it needs one")
    }
    if let samples, samples.dimension != net.dimension {
      throw .invalid(
        "the samples have dimension \(samples.dimension), the teacher's neurons \(net.dimension)")
    }
    self.net = net
    self.neurons = neurons
    self.samples = samples
  }

  public var parameterCount: Int { neurons * net.dimension }
  public var sampleCount: Int { samples?.count ?? 0 }
  // Both follow from the students, which the record can hold.
  public var predictionCount: Int { 0 }
  public var kernelCount: Int { 0 }

  public final class Scratch {
    fileprivate let loss: any StudentLoss
    fileprivate init(_ loss: any StudentLoss) { self.loss = loss }
  }

  public func makeScratch() -> Scratch { Scratch(makeLoss()) }

  func makeLoss() -> any StudentLoss {
    if let samples { return SampleLoss(samples, neurons: neurons, activation: net.activation) }
    return PopulationLoss(net, neurons: neurons)
  }

  public func prepare(_ parameters: [Double], setCount: Int, options: TrainingOptions) throws(TangentError) {
    guard !(options.optimizer is any MetricOptimizer) else {
      throw .invalid(
        "\(type(of: options.optimizer)) takes a quantum metric; choose another rule for students")
    }
    guard options.recording.fields.isDisjoint(with: [.predictions, .kernel]) else {
      throw .invalid(
        "predictions and kernels of students are not recorded; record theta and compute them from it")
    }
  }

  public func gradient(
    _ parameters: [Double], setCount: Int, rows: [Int]?, fields: RecordFields, scratch: Scratch,
    cancel: CancelToken?
  ) throws(TangentError) -> ProblemValues {
    let (losses, gradients) = try scratch.loss.evaluate(
      parameters, count: setCount, rows: rows, gradients: true, cancel: cancel)
    return ProblemValues(loss: losses, gradient: gradients)
  }

  public func values(
    _ parameters: [Double], setCount: Int, fields: RecordFields, scratch: Scratch, cancel: CancelToken?
  ) throws(TangentError) -> ProblemValues {
    ProblemValues(
      loss: try scratch.loss.evaluate(
        parameters, count: setCount, gradients: false, cancel: cancel
      ).losses)
  }

  public func metrics(
    _ parameters: [Double], setCount: Int, rows: [Int]?, cancel: CancelToken?
  ) throws(TangentError) -> [Double] {
    // No run of students is begun with such a rule; a file can say so.
    throw TangentError(
      .invalidArgument,
      "natural gradient takes the metric of quantum states, which students lack; take another rule")
  }

  /// The flow's own time: the learning rate times the step.
  public func timePerStep(_ optimizer: any Optimizer) -> Double {
    switch optimizer {
    case let descent as GradientDescent: descent.learningRate
    case let flow as GradientFlow: flow.rate * flow.dt
    default: .nan
    }
  }

  public func secondsPerStep(setCount: Int, optimizer: any Optimizer) throws(TangentError) -> Double {
    let one =
      samples.map { SampleLoss.seconds($0, neurons: neurons) } ?? net.populationSeconds(neurons: neurons)
    return 1e-6 + Double(setCount) * one
  }

  /// Bytes of a call's scratch memory.
  public func scratchBytes(setCount: Int) -> Int {
    samples.map { SampleLoss.bytes($0, neurons: neurons, students: setCount) }
      ?? net.scratchBytes(neurons: neurons)
  }

  /// Losses (s), and gradients (s, m, d) where asked for, of students (s, m, d).
  /// - Throws: on a wrong number of entries, `cancelled`.
  public func evaluate(
    _ students: [Double], count: Int, gradients: Bool = true, cancel: CancelToken? = nil
  ) throws(TangentError) -> (losses: [Double], gradients: [Double]) {
    guard count >= 1, students.count == count * parameterCount else {
      throw .invalid(
        "there are \(students.count) entries, which are no \(count) students of \(neurons) neurons")
    }
    return try makeLoss().evaluate(students, count: count, gradients: gradients, cancel: cancel)
  }
}
