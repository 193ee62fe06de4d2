import Glibc
import TangentClassical
import TangentNumerics
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
    let problem = try TeacherStudent(
      teacher: teacher, dimension: dimension, activation: .absoluteValue)
    let expected = TeacherStudentTests.loss(teacher, student, dimension: dimension)
    let found = try problem.evaluate(student, count: 1).losses[0]
    #expect(abs(found - expected) < 1e-13 * (1 + abs(expected)))
  }

  @Test func threadsKeepTheBits() throws {
    let problem = try TeacherStudent(
      teacher: TeacherStudentTests.normals(15, seed: 3), dimension: 5, activation: .relu)
    let starts = TeacherStudentTests.normals(9 * 35, seed: 4)
    func descend() throws -> TeacherStudent.Descent {
      try problem.descend(starts, count: 9, rate: 0.01, recordedSteps: [0, 3, 20], recordsPath: true)
    }
    let pool = ThreadPool(sharingAllAmong: 3)
    let shared = try pool.use { try descend() }
    #expect(pool.helpCount > 0)
    let alone = try descend()
    #expect(shared.students == alone.students)
    #expect(shared.losses == alone.losses)
    #expect(shared.path == alone.path)
    #expect(shared.students != starts)
  }

  @Test func divergenceNamesItsStep() throws {
    let problem = try TeacherStudent(teacher: [1, 0], dimension: 2, activation: .absoluteValue)
    let error = #expect(throws: TangentError.self) {
      try problem.descend([1, 2], count: 1, rate: 1e3, recordedSteps: [0, 100], recordsPath: false)
    }
    #expect(error?.message.contains("at step 100; the learning rate 1000.0 is too large") == true)
  }

  @Test func cancels() throws {
    let token = CancelToken()
    token.cancel()
    let problem = try TeacherStudent(teacher: [1, 0], dimension: 2, activation: .absoluteValue)
    #expect(throws: TangentError.self) { try problem.evaluate([1, 2], count: 1, cancel: token) }
  }
}
