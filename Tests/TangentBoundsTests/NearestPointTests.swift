import Glibc
import TangentNumerics
import Testing

@testable import TangentBounds

@Suite struct NearestPointTests {
  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  /// The nearest point of a convex set is the one from which no corner lies in the direction of the target.
  @Test(arguments: 0..<20)
  func noCornerLiesNearer(_ seed: Int) throws {
    var random = Philox(seed: UInt64(seed), stream: 7)
    let dimension = 2 + seed % 5
    let corners = (0..<12).map { _ in (0..<dimension).map { _ in random.normal() } }
    let target = (0..<dimension).map { _ in 2 * random.normal() }
    var nearest = NearestPoint(to: target, from: corners[0])
    var rounds = 0
    while rounds < 100 {
      let residual = nearest.residual
      let best = try #require(corners.max { dot($0, residual) < dot($1, residual) })
      let gain = dot(best, residual) - dot(target, residual) + dot(residual, residual)
      if gain < 1e-12 { break }
      nearest.add(corner: best)
      rounds += 1
    }
    #expect(rounds < 50)
  }

  @Test func distancesKnownByHeart() {
    // The square with corners (+-1, +-1): its side, its corner, its inside.
    for (target, residual) in [([3.0, 0.5], [2.0, 0.0]), ([2, -3], [1, -2]), ([0.2, -0.7], [0, 0])] {
      var nearest = NearestPoint(to: target, from: [1, 1])
      for corner in [[1.0, -1.0], [-1, 1], [-1, -1], [1, 1]] { nearest.add(corner: corner) }
      #expect(zip(nearest.residual, residual).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }

  /// A corner twice, or one on the line between two others, changes nothing.
  @Test func dependentCornersAreLeftOut() {
    var nearest = NearestPoint(to: [0, 2], from: [-1, 0])
    for corner in [[1.0, 0.0], [1, 0], [0, 0], [-1, 0]] { nearest.add(corner: corner) }
    #expect(zip(nearest.residual, [0, 2]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  /// The nearest point of the first edge is its end, so the start has no weight left, but for rounding, when the next
  /// corner comes. Whatever the rounding, turned this way or that, the second edge is found.
  @Test func aNewCornerSurvivesAStepOfNoLength() {
    for turn in 0..<50 {
      let (c, s) = (cos(Double(turn)), sin(Double(turn)))
      func turned(_ x: Double, _ y: Double) -> [Double] { [c * x - s * y, s * x + c * y] }
      var nearest = NearestPoint(to: turned(1, 1), from: turned(0, 0))
      nearest.add(corner: turned(1, 0))
      nearest.add(corner: turned(0.5, 2))
      // From the line through (1, 0) and (0.5, 2), whose normal is (4, 1).
      let residual = turned(4.0 / 17, 1.0 / 17)
      #expect(zip(nearest.residual, residual).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }
}
