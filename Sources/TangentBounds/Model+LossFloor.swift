import Glibc
import TangentCircuits
import TangentNumerics
import TangentSimulation

extension Model {
  /// How low the mean squared error can get: from the measurement's range and the distances of the states that enter
  /// the trainable part, derived in `LabelReach`.
  /// - Parameter targets: (samples, outputs).
  public func lossFloor(
    _ data: InputData, values targets: [Double], cancel: CancelToken? = nil
  ) throws(TangentError) -> LossFloor {
    let (m, k) = (data.sampleCount, outputCount)
    let states = try trainingStates(data, cancel: cancel)
    var floor = LossFloor()
    var worst = 0.0
    for (output, observable) in observables.enumerated() {
      let bounds = try observable.spectralBounds()
      let ends = [scale * bounds.lowerBound, scale * bounds.upperBound]
      let reach = LabelReach(range: min(ends[0], ends[1])...max(ends[0], ends[1]), states: states)
      let labels = (0..<m).map { targets[$0 * k + output] }
      let found = try reach.squares(labels, cancel: cancel)
      floor.loss += found.bound / Double(2 * m)
      floor.outsideRange += reach.squaresOutside(labels) / Double(2 * m)
      if floor.outside == nil, let sample = labels.firstIndex(where: { !reach.range.contains($0) }) {
        floor.outside = LossFloor.Outside(sample: sample, output: output, range: reach.range)
      }
      if let pair = found.worst, pair.squares > worst {
        worst = pair.squares
        floor.pair = LossFloor.Pair(
          first: pair.first, second: pair.second, output: output,
          distance: try states.traceDistance(pair.first, pair.second))
      }
    }
    return floor
  }

  /// About how many products `lossFloor` takes at most, besides output states.
  public func lossFloorProducts(_ data: InputData) -> Double {
    let (m, d) = (Double(data.sampleCount), exp2(Double(circuit.qubitCount)))
    let isMixed = data.stateKind == .mixed
    let rank = isMixed ? d : min(m, d)
    let size = min(rank, Double(StateOverlaps.maximumDimension))
    let pairs = m * m * (isMixed ? 10 * d * d * d : rank)
    let joint = 6 * Double(LabelReach.maximumIterations) * size * size * size
    return 4 * m * d * rank + Double(outputCount) * (pairs + joint)
  }

  /// The states behind the data's gates, if parameters come after all of them: their distances are then the same
  /// for all parameters. Otherwise equal samples are all that is known.
  func trainingStates(_ data: InputData, cancel: CancelToken?) throws(TangentError) -> StateOverlaps {
    let d = 1 << circuit.qubitCount
    guard circuit.hasFeaturesBeforeParameters, d <= (1 << 24) / data.sampleCount,
      StateOverlaps.isWorthwhile(samples: data.sampleCount, dimension: d)
    else { return .classes(data.equalSamples) }
    if data.stateKind == .mixed {
      guard circuit.featureCount == 0 else { return .classes(data.equalSamples) }
      return .mixed((0..<data.sampleCount).map { data.densityMatrix($0, dimension: d) })
    }
    let theta = try ParameterSets([Double](repeating: 0, count: circuit.parameterCount))
    let states = try outputStates(theta, data, cancel: cancel)
    return .pure(
      rows: states.withUnsafeBufferPointer {
        ComplexMatrix(rows: data.sampleCount, columns: d, interleaved: $0)
      })
  }
}
