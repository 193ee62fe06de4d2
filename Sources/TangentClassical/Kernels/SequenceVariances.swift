import TangentNumerics

/// What pairs need of every sequence's own variances, and every sequence's kernel with itself.
struct SequenceVariances: Sendable {
  /// The entries of `Activation.tables`, by sequence, layer and step.
  private(set) var amplitudes: [Double] = []
  private(set) var inverses: [Double] = []
  /// Where in the tables each sequence begins.
  private(set) var starts: [Int] = []
  /// V(K, K, K) + V' Theta and V(K, K, K) alone, at the last step and summed over the steps; without sigma_v^2.
  private(set) var last: [Expectation] = []
  private(set) var sums: [Expectation] = []

  struct Expectation: Sendable {
    var tangent: Double
    var value: Double
  }

  /// - Throws: where a variance or the tangent kernel overflows, naming the step.
  init(_ network: RecurrentNetwork, _ sequences: Sequences) throws(TangentError) {
    for sequence in 0..<sequences.count {
      var walk = SelfRecursion(network, steps: sequences.lengths[sequence])
      for t in 0..<sequences.lengths[sequence] {
        let step = sequences.step(t, of: sequence)
        let square = step.reduce(0) { $0 + $1 * $1 } / Double(sequences.dimension)
        guard walk.advance(to: t, meanSquare: square) else {
          throw TangentError(
            .numerical,
            "the kernel overflows at step \(t + 1) of sequence \(sequence); "
              + "sigma_w = \(network.sigmaW) makes it grow, take a smaller one or smaller inputs")
        }
      }
      starts.append(amplitudes.count)
      amplitudes += walk.amplitudes
      inverses += walk.inverses
      last.append(walk.last)
      sums.append(walk.sum)
    }
  }
}

/// The recursion of one sequence with itself.
private struct SelfRecursion {
  private let network: RecurrentNetwork
  private let steps: Int
  var amplitudes: [Double]
  var inverses: [Double]
  var last = SequenceVariances.Expectation(tangent: 0, value: 0)
  var sum = SequenceVariances.Expectation(tangent: 0, value: 0)
  /// V and V' Theta of every layer at the step before.
  private var values: [Double]
  private var slopes: [Double]

  init(_ network: RecurrentNetwork, steps: Int) {
    self.network = network
    self.steps = steps
    amplitudes = [Double](repeating: 0, count: network.layers * steps)
    inverses = amplitudes
    values = [Double](repeating: network.sigmaH * network.sigmaH, count: network.layers)
    slopes = [Double](repeating: 0, count: network.layers)
  }

  /// Whether everything stayed finite.
  mutating func advance(to t: Int, meanSquare: Double) -> Bool {
    let (w2, u2) = (network.sigmaW * network.sigmaW, network.sigmaU * network.sigmaU)
    let b2 = network.sigmaB * network.sigmaB
    var input = u2 * meanSquare + b2
    var tangentBelow = 0.0
    for layer in 0..<network.layers {
      let variance = w2 * values[layer] + input
      var tangent = w2 * slopes[layer] + tangentBelow
      if layer >= network.frozenLayers { tangent += variance }
      guard variance.isFinite, tangent.isFinite else { return false }
      let tables = network.activation.tables(variance: variance)
      amplitudes[layer * steps + t] = tables.amplitude
      inverses[layer * steps + t] = tables.inverse
      let expectations = network.activation.selfExpectations(variance: variance)
      values[layer] = expectations.value
      slopes[layer] = expectations.slope * tangent
      input = u2 * values[layer] + b2
      tangentBelow = u2 * slopes[layer]
    }
    last = .init(
      tangent: values[network.layers - 1] + slopes[network.layers - 1], value: values[network.layers - 1])
    sum.tangent += last.tangent
    sum.value += last.value
    return true
  }
}
