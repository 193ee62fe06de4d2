import TangentCircuits
import TangentNumerics
import Testing

@testable import TangentSimulation

/// The chain rule against differences of the angles themselves.
@Suite struct GradientChainTests {
  private let space = VariableSpace(parameterCount: 3, featureCount: 2, wrt: [.parameters, .features])
  private let angles = [
    Angle(constant: 0.3, terms: [.init(1.5, .parameter(1))]),
    Angle(terms: [.init(-0.7, .parameterFeature(1, 0)), .init(2, .parameter(0))]),
    Angle(terms: [.init(0.4, .featureFeature(1, 1)), .init(1.1, .featureFeature(0, 1))]),
    Angle(constant: 1),
    Angle(terms: [.init(0.9, .feature(1)), .init(-1.3, .parameterFeature(2, 1))]),
  ]

  private func slots(_ arena: Arena) -> [AngleSlot] {
    angles.map {
      AngleSlot(
        AngleDraft($0, coefficient: 0.5, isSpectral: false, space: space), space: space, arena: arena)
    }
  }

  private func lanes(_ count: Int, seed: UInt64) -> [Lane] {
    var random = Philox(seed: seed, stream: 5)
    return (0..<count).map { _ in Lane(random.normal(), random.normal(), random.normal(), random.normal()) }
  }

  /// scale * sum over slots of gradient * angle, whose derivatives the chain collects; quadratic, so that central
  /// differences of any length are exact.
  private func sum(_ variables: [Lane], _ gradients: [Lane], lane: Int) -> Double {
    var total = 0.0
    for (angle, gradient) in zip(angles, gradients) {
      var value = angle.constant
      for term in angle.terms {
        value += space.indices(term.factor).reduce(term.coefficient) { $0 * variables[$1][lane] }
      }
      total += 2 * gradient[lane] * 0.5 * value
    }
    return total
  }

  @Test func collectsDerivatives() {
    let arena = Arena()
    let chain = GradientChain(slots(arena), count: space.gradientCount, arena: arena)
    #expect(chain.hasProducts)
    let (variables, gradients) = (lanes(space.count, seed: 1), lanes(angles.count, seed: 2))
    var found = [Lane](repeating: Lane(repeating: 9), count: space.gradientCount)
    chain.collect(gradients, scale: 2, variables, into: &found)
    for v in 0..<space.count {
      for lane in 0..<4 {
        var (up, down) = (variables, variables)
        up[v][lane] += 0.5
        down[v][lane] -= 0.5
        let expected = sum(up, gradients, lane: lane) - sum(down, gradients, lane: lane)
        #expect(abs(found[v][lane] - expected) < 1e-12)
      }
    }
  }

  @Test func ratesAreThoseOfTheDerivatives() {
    let arena = Arena()
    let chain = GradientChain(slots(arena), count: space.gradientCount, arena: arena)
    let (variables, gradients) = (lanes(space.count, seed: 1), lanes(angles.count, seed: 2))
    let direction = lanes(space.count, seed: 3)
    func collected(at t: Double) -> [Lane] {
      var result = [Lane](repeating: .zero, count: space.gradientCount)
      chain.collect(gradients, scale: 2, zip(variables, direction).map { $0 + t * $1 }, into: &result)
      return result
    }
    var found = [Lane](repeating: Lane(repeating: 1), count: space.gradientCount)
    chain.addRates(gradients, scale: 2, along: direction, to: &found)
    for (v, (after, before)) in zip(collected(at: 0.5), collected(at: -0.5)).enumerated() {
      for lane in 0..<4 { #expect(abs(found[v][lane] - 1 - (after - before)[lane]) < 1e-12) }
    }
  }

  @Test func withoutProductsNothingChangesAlongADirection() {
    let arena = Arena()
    let own = VariableSpace(parameterCount: 3, featureCount: 2, wrt: .parameters)
    let slots = angles.map {
      AngleSlot(AngleDraft($0, coefficient: 1, isSpectral: false, space: own), space: own, arena: arena)
    }
    #expect(!GradientChain(slots, count: own.gradientCount, arena: arena).hasProducts)
  }
}
