import TangentNumerics
import TestSupport
import Testing

@testable import TangentCircuits

@Suite struct AngleTests {
  /// 0.5 + 2 p1 - p0 x2 + 3 x0 x1 - x2
  private let angle = Angle(
    constant: 0.5,
    terms: [
      .init(2, .parameter(1)), .init(-1, .parameterFeature(0, 2)), .init(3, .featureFeature(0, 1)),
      .init(-1, .feature(2)),
    ])

  @Test func valueIsTheSumOfItsTerms() {
    let value = angle.value(parameters: [0.3, -0.7], features: [1.1, 0.2, -2])
    #expect(abs(value - (0.5 + 2 * -0.7 - 0.3 * -2 + 3 * 1.1 * 0.2 + 2)) < 1e-15)
    #expect(Angle().value(parameters: [], features: []) == 0)
  }

  @Test func arithmetic() {
    let (theta, x) = ([0.3, -0.7], [1.1, 0.2, -2.0])
    let value = angle.value(parameters: theta, features: x)
    #expect(abs(angle.scaled(by: -2.5).value(parameters: theta, features: x) + 2.5 * value) < 1e-15)
    #expect(-(-angle) == angle)
    #expect((-angle).value(parameters: theta, features: x) == -value)
  }

  @Test func shiftingMovesParametersAlone() {
    let shifted = angle.shiftingParameters(by: 3)
    let factors: [Angle.Factor] = [
      .parameter(4), .parameterFeature(3, 2), .featureFeature(0, 1), .feature(2),
    ]
    #expect(shifted.terms.map(\.factor) == factors)
    let x = [1.1, 0.2, -2.0]
    #expect(
      shifted.value(parameters: [9, 9, 9, 0.3, -0.7], features: x)
        == angle.value(parameters: [0.3, -0.7], features: x))
  }

  @Test func knowsWhatItDependsOn() {
    #expect(angle.dependsOnParameters && angle.dependsOnFeatures)
    #expect(Angle.parameter(0).dependsOnParameters && !Angle.parameter(0).dependsOnFeatures)
    #expect(!Angle.feature(0).dependsOnParameters && Angle.feature(0).dependsOnFeatures)
    #expect(!Angle(constant: 1).dependsOnParameters && !Angle(constant: 1).dependsOnFeatures)
  }

  @Test func description() {
    #expect("\(angle)" == "2*p1-p0*x2+3*x0*x1-x2+0.5")
    #expect("\(Angle())" == "0")
    #expect("\(Angle(constant: -1.23456))" == "-1.235")
    #expect("\(Angle(constant: 1e-5, terms: [.init(1.0 / 3, .parameter(0))]))" == "0.333*p0+1e-05")
    #expect("\(Angle(constant: 1e12))" == "1000000000000.0")
  }

  @Test func badAnglesAreNamed() throws {
    func append(_ angle: Angle) throws {
      var circuit = try Circuit(qubitCount: 1)
      try circuit.append(.rx, qubits: [0], angles: [angle])
    }
    for bad in [Double.nan, .infinity] {
      expectInvalid("constant is \(bad)", "must be finite") { try append(Angle(constant: bad)) }
      expectInvalid("coefficient is \(bad)", "must be finite") {
        try append(Angle(terms: [.init(bad, .parameter(0))]))
      }
    }
    for (index, factors) in [
      -1: [Angle.Factor.parameter(-1), .feature(-1), .parameterFeature(0, -1), .featureFeature(-1, 0)],
      10_000_000: [.parameter(10_000_000), .parameterFeature(10_000_000, 0), .featureFeature(0, 10_000_000)],
    ] {
      for factor in factors {
        expectInvalid("index \(index) is out of range", "0 to 9999999") {
          try append(Angle(terms: [.init(1, factor)]))
        }
      }
    }
  }
}
