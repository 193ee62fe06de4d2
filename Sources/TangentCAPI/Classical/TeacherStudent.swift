public import CTangent
internal import TangentClassical
internal import TangentNumerics
internal import TangentOptimization

/// Population losses and gradients of two-layer students beside a teacher, inputs standard normal: teacher (n_teacher,
/// dimension), students (n_students, n_neurons, dimension), activation an enum qtg_two_layer_activation. losses
/// (n_students); gradients (n_students, n_neurons, dimension) may be null.
@c(qtg_teacher_student_evaluate)
public func teacherStudentEvaluate(
  _ n_teacher: Int64, _ dimension: Int64, _ teacher: UnsafePointer<Double>?, _ activation: Int32,
  _ n_students: Int64, _ n_neurons: Int64, _ students: UnsafePointer<Double>?, _ cancel: qtg_cancel,
  _ losses: UnsafeMutablePointer<Double>?, _ gradients: UnsafeMutablePointer<Double>?
) -> Int32 {
  teacherStudentEvaluateSamples(
    n_teacher, dimension, teacher, activation, 0, nil, nil, n_students, n_neurons, students, cancel, losses,
    gradients)
}

/// The same on samples, 1/(2 n_samples) sum (f(x) - y)^2 over inputs (n_samples, dimension) and labels (n_samples); of the
/// population where n_samples is 0.
@c(qtg_teacher_student_evaluate_samples)
public func teacherStudentEvaluateSamples(
  _ n_teacher: Int64, _ dimension: Int64, _ teacher: UnsafePointer<Double>?, _ activation: Int32,
  _ n_samples: Int64, _ inputs: UnsafePointer<Double>?, _ labels: UnsafePointer<Double>?,
  _ n_students: Int64, _ n_neurons: Int64, _ students: UnsafePointer<Double>?, _ cancel: qtg_cancel,
  _ losses: UnsafeMutablePointer<Double>?, _ gradients: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let net = try Arguments.teacherStudent(n_teacher, dimension, teacher, activation)
    let samples = try Arguments.trainingSamples(n_samples, dimension, inputs, labels)
    let (problem, students) = try Arguments.students(net, samples, n_students, n_neurons, students)
    let found = try problem.evaluate(
      students, count: Int(n_students), gradients: gradients != nil, cancel: token)
    try Results.write(found.losses, to: losses, "losses")
    if let gradients { try Results.write(found.gradients, to: gradients, "gradients") }
  }
}

/// A new training run of students from where they start, (n_students, n_neurons, dimension), on the loss of
/// qtg_teacher_student_evaluate_samples; its parameters are all entries of a student. The calls of qtg_run_... serve it but those that
/// ask for circuits. Everything is copied. A checkpoint that exists already is an error.
@c(qtg_teacher_student_run_create)
public func teacherStudentRunCreate(
  _ n_teacher: Int64, _ dimension: Int64, _ teacher: UnsafePointer<Double>?, _ activation: Int32,
  _ n_samples: Int64, _ inputs: UnsafePointer<Double>?, _ labels: UnsafePointer<Double>?,
  _ n_students: Int64, _ n_neurons: Int64, _ starts: UnsafePointer<Double>?,
  _ options: UnsafePointer<qtg_run_options>?, _ result: UnsafeMutablePointer<qtg_run>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let net = try Arguments.teacherStudent(n_teacher, dimension, teacher, activation)
    let samples = try Arguments.trainingSamples(n_samples, dimension, inputs, labels)
    let (problem, starts) = try Arguments.students(net, samples, n_students, n_neurons, starts)
    let run = try TeacherStudentRun(
      problem, parameters: starts, setCount: Int(n_students), options: try Arguments.options(options))
    try run.requireNewCheckpoint()
    try RunBox.store(run, result)
  }
}

/// Reads a saved run of students or its checkpoint.
@c(qtg_teacher_student_run_load)
public func teacherStudentRunLoad(
  _ path: UnsafePointer<CChar>?, _ cancel: qtg_cancel, _ result: UnsafeMutablePointer<qtg_run>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    try RunBox.store(TeacherStudentRun.load(path: Arguments.text("path", path), cancel: token), result)
  }
}

/// A run of students from what qtg_run_serialize gave; damaged bytes are QTG_CORRUPTED_FILE.
@c(qtg_teacher_student_run_deserialize)
public func teacherStudentRunDeserialize(
  _ bytes: UnsafePointer<UInt8>?, _ n_bytes: Int64, _ result: UnsafeMutablePointer<qtg_run>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let bytes = try Arguments.buffer("bytes", bytes, count: Arguments.count("bytes", n_bytes))
    try RunBox.store(TeacherStudentRun.deserialized(Array(bytes)), result)
  }
}

/// What a run of students learns from; qtg_run_field has teacher, inputs and labels.
@c(qtg_teacher_student_run_info)
public func teacherStudentRunInfo(
  _ run: qtg_run, _ n_teacher: UnsafeMutablePointer<Int64>?, _ dimension: UnsafeMutablePointer<Int64>?,
  _ activation: UnsafeMutablePointer<Int32>?
) -> Int32 {
  guarded { () throws(TangentError) in
    guard let run = try RunBox.find(run).run as? TeacherStudentRun else {
      throw .invalid("the run trains a circuit; this call is for runs of students")
    }
    let net = run.problem.net
    try Arguments.nonNull("n_teacher", n_teacher).pointee = Int64(net.teacherCount)
    try Arguments.nonNull("dimension", dimension).pointee = Int64(net.dimension)
    try Arguments.nonNull("activation", activation).pointee =
      net.activation == .relu
      ? Int32(QTG_TWO_LAYER_RELU.rawValue) : Int32(QTG_TWO_LAYER_ABSOLUTE.rawValue)
  }
}

/// Gradient descent on the population loss from many starts, (n_students, n_neurons, dimension), up to the last of the
/// recorded steps (n_recorded), which increase. students receives where each ends; losses and gradient_norms (n_students,
/// n_recorded); path (n_students, n_recorded, n_neurons, dimension) may be null.
@c(qtg_teacher_student_descend)
public func teacherStudentDescend(
  _ n_teacher: Int64, _ dimension: Int64, _ teacher: UnsafePointer<Double>?, _ activation: Int32,
  _ n_students: Int64, _ n_neurons: Int64, _ starts: UnsafePointer<Double>?, _ learning_rate: Double,
  _ n_recorded: Int64, _ recorded_steps: UnsafePointer<Int64>?, _ cancel: qtg_cancel,
  _ students: UnsafeMutablePointer<Double>?, _ losses: UnsafeMutablePointer<Double>?,
  _ gradient_norms: UnsafeMutablePointer<Double>?, _ path: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let net = try Arguments.teacherStudent(n_teacher, dimension, teacher, activation)
    let (problem, starts) = try Arguments.students(net, nil, n_students, n_neurons, starts)
    let records = try Arguments.count("recorded_steps", n_recorded)
    let steps = try Arguments.buffer("recorded_steps", recorded_steps, count: records).map { Int($0) }
    var fields: RecordFields = [.loss, .gradientNorm]
    if path != nil { fields.insert(.theta) }
    let run = try TeacherStudentRun(
      problem, parameters: starts, setCount: Int(n_students),
      options: TrainingOptions(
        optimizer: GradientDescent(learningRate: learning_rate),
        recording: Recording(fields: fields, schedule: .steps(steps))))
    try run.advance(steps: steps.last ?? 0, cancel: token)
    try Results.write(try run.parameters, to: students, "students")
    // The record holds step 0 in any case.
    let record = try run.record
    let extra = record.steps.count - steps.count
    func chosen(_ values: [Double]) -> [Double] {
      let perSet = values.count / run.setCount
      let skipped = perSet / record.steps.count * extra
      return (0..<run.setCount).flatMap { values[($0 * perSet + skipped)..<(($0 + 1) * perSet)] }
    }
    try Results.write(chosen(record.loss), to: losses, "losses")
    try Results.write(chosen(record.gradientNorm), to: gradient_norms, "gradient_norms")
    if let path { try Results.write(chosen(record.theta), to: path, "path") }
  }
}

extension Arguments {
  static func teacherStudent(
    _ n_teacher: Int64, _ dimension: Int64, _ teacher: UnsafePointer<Double>?, _ activation: Int32
  ) throws(TangentError) -> TeacherStudent {
    let kind: TeacherStudent.Activation
    switch UInt32(bitPattern: activation) {
    case QTG_TWO_LAYER_ABSOLUTE.rawValue: kind = .absoluteValue
    case QTG_TWO_LAYER_RELU.rawValue: kind = .relu
    default: throw .invalid("activation is \(activation), 0 or 1 is expected")
    }
    let count = try count("teacher", n_teacher, dimension)
    return try TeacherStudent(
      teacher: try doubles("teacher", teacher, count: count), dimension: Int(dimension), activation: kind)
  }

  /// Nil for none.
  static func trainingSamples(
    _ n_samples: Int64, _ dimension: Int64, _ inputs: UnsafePointer<Double>?,
    _ labels: UnsafePointer<Double>?
  ) throws(TangentError) -> TrainingSamples? {
    if n_samples == 0 { return nil }
    return try TrainingSamples(
      inputs: try doubles("inputs", inputs, count: try count("inputs", n_samples, dimension)),
      labels: try doubles("labels", labels, count: try count("labels", n_samples)),
      dimension: Int(dimension))
  }

  /// What students of so many neurons learn, and they themselves.
  static func students(
    _ net: TeacherStudent, _ samples: TrainingSamples?, _ n_students: Int64, _ n_neurons: Int64,
    _ students: UnsafePointer<Double>?
  ) throws(TangentError) -> (TeacherStudentProblem, [Double]) {
    let count = try count("students", n_students, n_neurons, Int64(net.dimension))
    guard count > 0 else { throw .invalid("there are \(n_students) students of \(n_neurons) neurons") }
    let problem = try TeacherStudentProblem(net, neurons: Int(n_neurons), samples: samples)
    try Memory.require(
      problem.scratchBytes(setCount: Int(n_students)), "\(n_students) students of \(n_neurons) neurons")
    return (problem, try doubles("students", students, count: count))
  }
}
