import Glibc
import TangentNumerics
import TangentOptimization
import Testing

@Suite struct LearningRateScheduleTests {
  @Test func aCosineFallsFromOneToItsFinalShare() throws {
    let schedule = LearningRateSchedule(.cosine, steps: 4, value: 0.2)
    try schedule.validate()
    let half = 0.5.squareRoot() / 2
    let expected = [1, 0.6 + 0.8 * half, 0.6, 0.6 - 0.8 * half, 0.2, 0.2]
    for (step, factor) in expected.enumerated() { #expect(abs(schedule.factor(step: step) - factor) < 1e-15) }
  }

  @Test func warmupRisesInEqualParts() {
    let schedule = LearningRateSchedule(.stairs, steps: 2, value: 0.5, warmup: 3)
    #expect((0..<8).map { schedule.factor(step: $0) } == [0.25, 0.5, 0.75, 1, 1, 0.5, 0.5, 0.25])
  }

  @Test func anExponentialIsItsFactorAfterItsSteps() {
    let schedule = LearningRateSchedule(.exponential, steps: 10, value: 0.3)
    #expect(schedule.factor(step: 0) == 1)
    #expect(abs(schedule.factor(step: 10) - 0.3) < 1e-15)
    #expect(abs(schedule.factor(step: 25) - pow(0.3, 2.5)) < 1e-15)
  }

  @Test(arguments: [
    LearningRateSchedule(.cosine, steps: 0, value: 0), LearningRateSchedule(.cosine, steps: 1, value: -0.1),
    LearningRateSchedule(.cosine, steps: 1, value: .nan), LearningRateSchedule(.stairs, steps: 1, value: 0),
    LearningRateSchedule(.exponential, steps: 1, value: 1.5),
    LearningRateSchedule(.stairs, steps: 1, value: 0.5, warmup: -1),
  ])
  func whatIsOutOfRangeIsRefused(_ schedule: LearningRateSchedule) {
    #expect(throws: TangentError.self) { try schedule.validate() }
  }

  @Test func aShareOfTheRateIsASmallerRate() {
    var (whole, small) = (Adam(learningRate: 0.1), Adam(learningRate: 0.025))
    var (theta, other) = ([0.3, -1.0], [0.3, -1.0])
    for gradient in [[1.0, 2.0], [-0.5, 0.1], [0.2, 0.3]] {
      whole.update(&theta, gradient: gradient, share: 0.25)
      small.update(&other, gradient: gradient)
    }
    #expect(theta == other)
  }
}
