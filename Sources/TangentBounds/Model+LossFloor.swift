import TangentCircuits
import TangentNumerics
import TangentSimulation

extension Model {
  /// How low the mean squared error can get: from the measurement's range and the distances of the states that enter
  /// the trainable part, derived in `LabelReach`; where these are not known, from equal samples, which stay equal.
  /// - Parameter targets: (samples, outputs).
  public func lossFloor(
    _ data: InputData, values targets: [Double], cancel: CancelToken? = nil
  ) throws(TangentError) -> LossFloor {
    let (m, k) = (data.sampleCount, outputCount)
    let (states, basis) = try trainingStates(data, cancel: cancel)
    let classes = states == nil ? data.equalSamples : []
    var floor = LossFloor(basis: basis)
    var total = 0.0
    var worst = 0.0
    for (output, observable) in observables.enumerated() {
      let spectrum = try observable.spectralRange().scaled(by: scale)
      let labels = (0..<m).map { targets[$0 * k + output] }
      let found: (floor: OutputFloor, worst: LabelReach.Pair?)
      if let states {
        found = try LabelReach(spectrum: spectrum, states: states).bounds(labels, cancel: cancel)
      } else {
        found = OutputFloor.ofEqualSamples(classes, labels, range: spectrum.range)
      }
      floor.outputs.append(found.floor)
      total += found.floor.value
      for (sample, label) in labels.enumerated() where !spectrum.range.contains(label) {
        let distance = max(spectrum.range.lowerBound - label, label - spectrum.range.upperBound)
        floor.outsideRange += distance * distance / Double(2 * m)
        floor.outside = floor.outside ?? .init(sample: sample, output: output, range: spectrum.range)
      }
      if let pair = found.worst, pair.squares > worst {
        worst = pair.squares
        floor.pair = LossFloor.Pair(
          first: pair.first, second: pair.second, output: output, distance: pair.distance)
      }
    }
    if basis == .states || total > 0 { floor.loss = total } else { floor.outputs = [] }
    return floor
  }

  /// About how many products `lossFloor` takes at most, besides output states.
  public func lossFloorProducts(_ data: InputData) -> Double {
    let (m, d) = (Double(data.sampleCount), exp2(Double(circuit.qubitCount)))
    let isMixed = data.stateKind == .mixed
    let rank = isMixed ? d : min(m, d)
    let pairs = m * m * (isMixed ? 10 * d * d * d : rank)
    let joint = min(6 * 100 * rank * rank * rank, 3e9)
    let spectra = observables.reduce(0) { $0 + $1.spectralProducts }
    return spectra + 4 * m * d * rank + Double(outputCount) * (min(pairs, 3e9) + joint)
  }

  /// The states behind the data's gates, if parameters come after all of them: their distances are then the same for
  /// all parameters. Nil, and why, where only equal samples are known to stay equal.
  private func trainingStates(
    _ data: InputData, cancel: CancelToken?
  ) throws(TangentError) -> (states: StateOverlaps?, basis: LossFloor.Basis) {
    guard circuit.hasFeaturesBeforeParameters, !circuit.hasChannels else {
      return (nil, .equalSamplesOfMovingStates)
    }
    let (m, n) = (data.sampleCount, circuit.qubitCount)
    let isMixed = data.stateKind == .mixed
    // As many numbers fill 256 MB, and a smaller one of their sides is what eigenvectors are taken of.
    guard m <= (1 << 24) >> (isMixed ? 2 * n : n),
      isMixed || LabelReach.iterations(dimension: min(m, 1 << n)) > 0
    else { return (nil, .equalSamplesOfManyStates) }
    let d = 1 << n
    if isMixed, circuit.featureCount == 0 {
      return (.mixed((0..<m).map { data.densityMatrix($0, dimension: d) }), .states)
    }
    let theta = try ParameterSets([Double](repeating: 0, count: circuit.parameterCount))
    let states = try outputStates(theta, data, cancel: cancel)
    return states.withUnsafeBufferPointer { states in
      guard isMixed else {
        let rows = ComplexMatrix(rows: m, columns: d, interleaved: states)
        return (.pure(rows: rows, cancel: cancel), .states)
      }
      let size = 2 * d * d
      return (
        .mixed(
          (0..<m).map {
            ComplexMatrix(
              rows: d, columns: d,
              interleaved: UnsafeBufferPointer(rebasing: states[$0 * size..<($0 + 1) * size]))
          }), .states
      )
    }
  }
}
