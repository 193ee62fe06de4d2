import Testing

@testable import TangentTraining

@Suite struct CriticalRateTests {
  @Test func criticalRateIsThatOfTheLargestEigenvalue() {
    // J^T J = diag(9, 4): lambda_max = 9
    #expect(abs(criticalRate(jacobian: [3, 0, 0, 2], rows: 2, sampleCount: 2) - 4.0 / 9) < 1e-12)
    #expect(criticalRate(jacobian: [0, 0, 0, 0], rows: 2, sampleCount: 2) == .infinity)
  }
}
