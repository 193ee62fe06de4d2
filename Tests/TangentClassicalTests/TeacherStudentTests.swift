import Glibc
import TangentClassical
import TangentNumerics
import TangentOptimization
import Testing

@Suite struct TeacherStudentTests {
  static func normals(_ count: Int, seed: UInt64) -> [Double] {
    var random = Philox(seed: seed)
    return (0..<count).map { _ in random.normal() }
  }

  /// From the definition, pair by pair.
  static func loss(_ teacher: [Double], _ student: [Double], dimension: Int) -> Double {
    func neurons(_ values: [Double]) -> [[Double]] {
      stride(from: 0, to: values.count, by: dimension).map { Array(values[$0..<($0 + dimension)]) }
    }
    func size(_ v: [Double]) -> Double { v.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let all =
      neurons(student).map { (pow(size($0), 2), $0) } + neurons(teacher).map { (-size($0), $0) }
    var result = 0.0
    for (a, u) in all {
      for (b, v) in all {
        let cosine = zip(u, v).reduce(0) { $0 + $1.0 * $1.1 } / (size(u) * size(v))
        let c = min(max(cosine, -1), 1)
        result += a * b / .pi * (((1 - c) * (1 + c)).squareRoot() + c * asin(c))
      }
    }
    return result
  }

  @Test(arguments: [(1, 2), (3, 3), (5, 8), (12, 9)])
  func lossEqualsItsDefinition(neurons: Int, dimension: Int) throws {
    let teacher = TeacherStudentTests.normals(2 * dimension, seed: 1)
    let student = TeacherStudentTests.normals(neurons * dimension, seed: 2)
    let net = try TeacherStudent(teacher: teacher, dimension: dimension, activation: .absoluteValue)
    let problem = try TeacherStudentProblem(net, neurons: neurons)
    let expected = TeacherStudentTests.loss(teacher, student, dimension: dimension)
    let found = try problem.evaluate(student, count: 1).losses[0]
    #expect(abs(found - expected) < 1e-13 * (1 + abs(expected)))
  }

  private static func run(samples: Bool = false, count: Int = 9) throws -> TeacherStudentRun {
    let net = try TeacherStudent(teacher: normals(15, seed: 3), dimension: 5, activation: .relu)
    let inputs = samples ? normals(5 * 700, seed: 5) : []
    let problem = try TeacherStudentProblem(
      net, neurons: 7,
      samples: samples
        ? TrainingSamples(inputs: inputs, labels: normals(700, seed: 6), dimension: 5) : nil)
    return try TeacherStudentRun(
      problem, parameters: normals(count * 35, seed: 4), setCount: count,
      options: TrainingOptions(
        optimizer: GradientDescent(learningRate: 0.01),
        recording: Recording(fields: [.loss, .theta, .gradientNorm], schedule: .steps([0, 3, 20]))))
  }

  @Test(arguments: [false, true], [1, 9])
  func threadsKeepTheBits(samples: Bool, count: Int) throws {
    func descend() throws -> RunRecord {
      let run = try TeacherStudentTests.run(samples: samples, count: count)
      try run.advance(steps: 20)
      return try run.record
    }
    let pool = ThreadPool(sharingAllAmong: 3)
    let shared = try pool.use { try descend() }
    #expect(pool.helpCount > 0)
    let alone = try descend()
    #expect(shared == alone)
    #expect(shared.gradientNorm.count == 3 * count)
    #expect(shared.loss.count == 3 * count)
  }

  @Test(arguments: [false, true])
  func comesBackEqualFromItsBytes(samples: Bool) throws {
    let run = try TeacherStudentTests.run(samples: samples)
    try run.advance(steps: 5)
    let bytes = try run.serialized()
    let copy = try TeacherStudentRun.deserialized(bytes)
    #expect(try copy.serialized() == bytes)
    try run.advance(steps: 15)
    try copy.advance(steps: 15)
    let (one, other) = (try copy.record, try run.record)
    #expect(one == other)
    for length in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: TangentError.self) { try TeacherStudentRun.deserialized(Array(bytes[..<length])) }
    }
  }

  @Test func refusesWhatItCannotRecordOrFollow() throws {
    let net = try TeacherStudent(teacher: [1, 0], dimension: 2, activation: .absoluteValue)
    let problem = try TeacherStudentProblem(net, neurons: 1)
    for options in [
      TrainingOptions(optimizer: NaturalGradient(learningRate: 0.1, damping: 0.1)),
      TrainingOptions(
        optimizer: GradientDescent(learningRate: 0.1), recording: Recording(fields: [.loss, .kernel])),
      TrainingOptions(optimizer: GradientDescent(learningRate: 0.1), batchSize: 3),
    ] {
      let error = #expect(throws: TangentError.self) {
        try TeacherStudentRun(problem, parameters: [1, 2], setCount: 1, options: options)
      }
      #expect(error?.kind == .invalidArgument)
    }
  }

  @Test func cancels() throws {
    let token = CancelToken()
    token.cancel()
    let net = try TeacherStudent(teacher: [1, 0], dimension: 2, activation: .absoluteValue)
    let problem = try TeacherStudentProblem(net, neurons: 1)
    #expect(throws: TangentError.self) { try problem.evaluate([1, 2], count: 1, cancel: token) }
  }
}
