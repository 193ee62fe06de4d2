import Glibc
import TangentCircuits
import TangentNumerics
import TangentSimulation

/// Below what the loss cannot fall for these data, whatever the parameters.
public struct LossFloor: Sendable, Equatable {
  /// A lower bound of the loss; 0 where nothing stands in the way.
  public internal(set) var loss = 0.0
  /// The part of it that labels outside the measurement's range cost.
  public internal(set) var outsideRange = 0.0
  /// The first label outside the range.
  public internal(set) var outside: Outside?
  /// The samples whose states are too close for their labels by most.
  public internal(set) var pair: Pair?

  public struct Outside: Sendable, Equatable {
    public let sample: Int
    public let output: Int
    /// What the output can reach.
    public let range: ClosedRange<Double>
  }

  public struct Pair: Sendable, Equatable {
    public let first: Int
    public let second: Int
    public let output: Int
    /// The trace distance of the two states; sqrt(1 - overlap) for pure ones.
    public let distance: Double
  }
}

extension TrainingRun {
  /// How low the loss can get. For the mean squared error from the measurement's range and the distances of the
  /// states that enter the trainable part, derived in `LabelReach`; for cross-entropy from equal samples with
  /// different labels.
  public func lossFloor(cancel: CancelToken? = nil) throws(TangentError) -> LossFloor {
    if let floor = floors.recall(for: self) { return floor }
    let floor =
      switch targets {
      case .values(let values): try squaresFloor(values, cancel: cancel)
      case .labels(let labels): entropyFloor(labels)
      }
    floors.keep(floor, of: self)
    return floor
  }

  private func squaresFloor(_ targets: [Double], cancel: CancelToken?) throws(TangentError) -> LossFloor {
    let (m, k) = (data.sampleCount, model.outputCount)
    let states = try trainingStates(cancel: cancel)
    var floor = LossFloor()
    var worst = 0.0
    for (output, observable) in model.observables.enumerated() {
      let bounds = try observable.spectralBounds()
      let ends = [model.scale * bounds.lowerBound, model.scale * bounds.upperBound]
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

  /// Equal samples have equal predictions, so by Gibbs' inequality a group of n of them with label frequencies q
  /// contributes at least n times the entropy of q.
  private func entropyFloor(_ labels: [Int]) -> LossFloor {
    var floor = LossFloor()
    let classes = equalSamples()
    for (_, members) in Dictionary(grouping: classes.indices, by: { classes[$0] }).sorted(by: {
      $0.key < $1.key
    }) {
      for label in Set(members.map { labels[$0] }).sorted() {
        let count = Double(members.count { labels[$0] == label })
        floor.loss -= count * Glibc.log(count / Double(members.count)) / Double(labels.count)
      }
      if floor.pair == nil, let other = members.first(where: { labels[$0] != labels[members[0]] }) {
        floor.pair = LossFloor.Pair(first: members[0], second: other, output: 0, distance: 0)
      }
    }
    return floor
  }

  /// The states behind the data's gates, if parameters come after all of them: their distances are then the same
  /// for all parameters. Otherwise equal samples are all that is known.
  private func trainingStates(cancel: CancelToken?) throws(TangentError) -> StateOverlaps {
    let d = 1 << model.circuit.qubitCount
    guard model.circuit.hasFeaturesBeforeParameters, d <= (1 << 24) / data.sampleCount,
      StateOverlaps.isWorthwhile(samples: data.sampleCount, dimension: d)
    else { return .classes(equalSamples()) }
    if data.stateKind == .mixed {
      guard model.circuit.featureCount == 0 else { return .classes(equalSamples()) }
      return .mixed((0..<data.sampleCount).map { densityMatrix($0, dimension: d) })
    }
    let theta = try ParameterSets([Double](repeating: 0, count: model.circuit.parameterCount))
    let states = try model.outputStates(theta, data, cancel: cancel)
    return .pure(
      rows: states.withUnsafeBufferPointer {
        ComplexMatrix(rows: data.sampleCount, columns: d, interleaved: $0)
      })
  }

  private func densityMatrix(_ sample: Int, dimension d: Int) -> ComplexMatrix {
    data.states[2 * d * d * sample..<2 * d * d * (sample + 1)].withUnsafeBufferPointer {
      ComplexMatrix(rows: d, columns: d, interleaved: $0)
    }
  }

  /// The same number for samples with the same features and states.
  private func equalSamples() -> [Int] {
    let width = data.states.count / data.sampleCount
    var numbers: [[Double]: Int] = [:]
    var classes: [Int] = []
    for j in 0..<data.sampleCount {
      let features = data.features[j * data.featureCount..<(j + 1) * data.featureCount]
      let sample = Array(features + data.states[j * width..<(j + 1) * width])
      let number = numbers[sample] ?? numbers.count
      numbers[sample] = number
      classes.append(number)
    }
    return classes
  }
}
