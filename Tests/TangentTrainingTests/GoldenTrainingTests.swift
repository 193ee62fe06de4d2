import TangentNumerics
import TangentSimulation
import TangentTraining
import TestSupport
import Testing
import TangentOptimization

/// Figures of an independent implementation.
@Suite struct GoldenTrainingTests {
  @Test(arguments: Golden.convergence)
  func gradientDescent(_ golden: GoldenCase) throws {
    let m = golden.labels.count
    let rate = golden.inputs["eta"].numbers[0]
    let run = try TrainingRun(
      model: golden.model(), data: golden.data(), targets: .values(golden.labels), theta: golden.theta(),
      options: TrainingOptions(
        optimizer: GradientDescent(learningRate: rate),
        recording: Recording(fields: [.loss, .predictions, .kernel])))
    try run.advance(steps: 50)
    let record = try run.record
    func predictions(_ step: Int) -> [Double] { Array(record.predictions[step * m..<(step + 1) * m]) }
    #expect(largestDifference(record.loss, golden.outputs["gd_losses_0_to_50"].numbers) < 1e-10)
    #expect(largestDifference(try run.theta.values, golden.outputs["gd_theta_final"].numbers) < 1e-10)
    #expect(largestDifference(predictions(0), golden.outputs["predictions"].numbers) < 1e-11)
    #expect(largestDifference(predictions(1), golden.outputs["gd_predictions_step1"].numbers) < 1e-10)
    #expect(largestDifference(predictions(10), golden.outputs["gd_predictions_step10"].numbers) < 1e-10)
    #expect(largestDifference(predictions(50), golden.outputs["gd_predictions_final"].numbers) < 1e-10)
    #expect(largestDifference(Array(record.kernel[..<(m * m)]), golden.outputs["K"].numbers) < 1e-11)
    #expect(
      largestDifference(Array(record.kernel[(50 * m * m)...]), golden.outputs["K_final"].numbers) < 1e-10)
    let step = rate * golden.outputs["Z_sum"].numbers[0] / Double(m)
    #expect(largestDifference(record.time, (0...50).map { Double($0) * step }) < 1e-11)
  }

  /// In one step and in four.
  @Test(arguments: Golden.convergence, [1, 4])
  func gradientFlow(_ golden: GoldenCase, _ steps: Int) throws {
    let ends = golden.outputs["gradient_flow"]
    for end in ends.keys {
      let time = try #require(Double(end))
      let run = try TrainingRun(
        model: golden.model(), data: golden.data(), targets: .values(golden.labels), theta: golden.theta(),
        options: TrainingOptions(
          optimizer: GradientFlow(rate: golden.inputs["eta"].numbers[0], dt: time / Double(steps)),
          recording: Recording(fields: [.loss, .predictions], schedule: .steps([]))))
      try run.advance(steps: steps)
      let record = try run.record
      let m = golden.labels.count
      #expect(record.time == [0, time])
      #expect(largestDifference([record.loss[1]], ends[end]["loss"].numbers) < 1e-8)
      #expect(largestDifference(try run.theta.values, ends[end]["theta"].numbers) < 1e-8)
      #expect(largestDifference(Array(record.predictions[m...]), ends[end]["predictions"].numbers) < 1e-8)
    }
    #expect(!ends.keys.isEmpty)
  }

  /// The warning's rate is the golden 2 m / lambda_max(K).
  @Test(arguments: Golden.convergence)
  func criticalRate(_ golden: GoldenCase) throws {
    let critical = golden.outputs["critical_eta_2m_over_lmax"].numbers[0]
    for (factor, warns) in [(0.999999, false), (1.000001, true)] {
      let run = try TrainingRun(
        model: golden.model(), data: golden.data(), targets: .values(golden.labels), theta: golden.theta(),
        options: TrainingOptions(optimizer: GradientDescent(learningRate: critical * factor)))
      #expect(try run.warnings().contains { $0.contains("critical rate") } == warns)
    }
  }
}
