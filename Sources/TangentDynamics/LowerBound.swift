import TangentCircuits
import TangentNumerics
import TangentSimulation

/// The sublinear lower bound on the loss of a model whose scaled measurement has the eigenvalues +-1, trained by
/// gradient flow on pure states with labels +-1:
///
///     L(t) >= 1/(L(0)^(-1/2) + 8 sqrt 2 (m/Zsum) sum_l ||H_l||^2 t)^2     in normalised time.
///
/// After theorem 3.2 of You, Chakrabarti, Chen, Wu (ICML 2023, arXiv 2303.14844); the constant is derived in docs/maths.md.
public enum LowerBound {
  /// The bound at each of `times`.
  /// - Parameters:
  ///   - generatorNorms: ||H_l|| of each parameter.
  /// - Throws: `invalidArgument` for a negative loss, m < 1, a sum of Z that is not positive, or values not finite.
  public static func loss(
    initialLoss: Double, times: [Double], sampleCount: Int, zSum: Double, generatorNorms: [Double]
  ) throws(TangentError) -> [Double] {
    guard initialLoss >= 0, initialLoss.isFinite else {
      throw .invalid("the initial loss is \(initialLoss); it must be finite and >= 0")
    }
    guard sampleCount >= 1 else { throw .invalid("\(sampleCount) samples; at least one is needed") }
    guard zSum > 0, zSum.isFinite else {
      throw .invalid("the sum of Z is \(zSum); normalised time needs a circuit with a trainable gate")
    }
    for (index, time) in times.enumerated() where !(time >= 0 && time.isFinite) {
      throw .invalid("time \(index) is \(time); times are finite and >= 0")
    }
    let norms = generatorNorms.reduce(0) { $0 + $1 * $1 }
    let slope = 8 * 2.0.squareRoot() * Double(sampleCount) / zSum * norms
    return times.map { time in
      let root = 1 / initialLoss.squareRoot() + slope * time
      return 1 / (root * root)
    }
  }
}

extension Model {
  /// The lower bound for this model; `sampleCount` is m of the full training set.
  /// - Throws: `invalidArgument` unless there is one output and scale * observable has no eigenvalues but +-1, and
  ///   where a parameter multiplies a feature.
  public func lossLowerBound(
    initialLoss: Double, times: [Double], sampleCount: Int
  ) throws(TangentError) -> [Double] {
    guard outputCount == 1 else {
      throw .invalid("the lower bound is for one output, the model has \(outputCount)")
    }
    let eigenvalues = try MeasurementBasis(observables[0], scale: scale).eigenvalues
    guard eigenvalues.allSatisfy({ abs(abs($0) - 1) <= 1e-9 }) else {
      let list =
        eigenvalues.prefix(4).map { "\($0)" }.joined(separator: ", ") + (eigenvalues.count > 4 ? ", ..." : "")
      throw .invalid(
        "the lower bound needs scale * observable with eigenvalues -1 and 1, found \(list); "
          + "use a Pauli string and scale 1")
    }
    return try LowerBound.loss(
      initialLoss: initialLoss, times: times, sampleCount: sampleCount, zSum: zSum(),
      generatorNorms: circuit.generatorNorms())
  }
}
