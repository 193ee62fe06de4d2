public import CTangent
internal import TangentClassical
internal import TangentNumerics

/// Population losses and gradients of two-layer students beside a teacher, inputs standard normal: teacher (n_teacher,
/// dimension), students (n_students, n_neurons, dimension), activation an enum qtg_two_layer_activation. losses
/// (n_students); gradients (n_students, n_neurons, dimension) may be null.
@c(qtg_teacher_student_evaluate)
public func teacherStudentEvaluate(
  _ n_teacher: Int64, _ dimension: Int64, _ teacher: UnsafePointer<Double>?, _ activation: Int32,
  _ n_students: Int64, _ n_neurons: Int64, _ students: UnsafePointer<Double>?, _ cancel: qtg_cancel,
  _ losses: UnsafeMutablePointer<Double>?, _ gradients: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let problem = try Arguments.teacherStudent(n_teacher, dimension, teacher, activation)
    let students = try Arguments.students(problem, n_students, n_neurons, students)
    let found = try problem.evaluate(
      students, count: Int(n_students), gradients: gradients != nil, cancel: token)
    try Results.write(found.losses, to: losses, "losses")
    if let gradients { try Results.write(found.gradients, to: gradients, "gradients") }
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
    let problem = try Arguments.teacherStudent(n_teacher, dimension, teacher, activation)
    let starts = try Arguments.students(problem, n_students, n_neurons, starts)
    guard learning_rate > 0, learning_rate.isFinite else {
      throw .invalid("learning_rate is \(learning_rate); it must be positive and finite")
    }
    let records = try Arguments.count("recorded_steps", n_recorded)
    let steps = try Arguments.buffer("recorded_steps", recorded_steps, count: records).map { Int($0) }
    if path != nil { _ = try Arguments.count("path", n_students, n_recorded, n_neurons, dimension) }
    let found = try problem.descend(
      starts, count: Int(n_students), rate: learning_rate, recordedSteps: steps, recordsPath: path != nil,
      cancel: token)
    try Results.write(found.students, to: students, "students")
    try Results.write(found.losses, to: losses, "losses")
    try Results.write(found.gradientNorms, to: gradient_norms, "gradient_norms")
    if let path { try Results.write(found.path, to: path, "path") }
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

  static func students(
    _ problem: TeacherStudent, _ n_students: Int64, _ n_neurons: Int64, _ students: UnsafePointer<Double>?
  ) throws(TangentError) -> [Double] {
    let count = try count("students", n_students, n_neurons, Int64(problem.dimension))
    guard count > 0 else { throw .invalid("there are \(n_students) students of \(n_neurons) neurons") }
    try Memory.require(problem.scratchBytes(neurons: Int(n_neurons)), "students of \(n_neurons) neurons")
    return try doubles("students", students, count: count)
  }
}
