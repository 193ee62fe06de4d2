import TangentNumerics

/// A worker's way to compute units. Each case calls methods compiled for its type: a protocol's would be those for any
/// type of lanes, forty times slower.
enum Runner {
  case blocks(BlockRunner<Lane>)
  case wideBlocks(BlockRunner<WideLane>)
  case singleBlocks(BlockRunner<SingleLane>)
  case splits(SplitRunner)
  case tiles(TiledRunner)
  case density(DensityRunner)

  /// Predictions (positions, k) and, if asked, Jacobian rows (positions, k, width) of one unit.
  func evaluate(
    _ unit: Int, predictions: UnsafeMutablePointer<Double>, jacobian: UnsafeMutablePointer<Double>?
  ) {
    switch self {
    case .blocks(let runner): runner.evaluate(unit, predictions: predictions, jacobian: jacobian)
    case .wideBlocks(let runner): runner.evaluate(unit, predictions: predictions, jacobian: jacobian)
    case .singleBlocks(let runner): runner.evaluate(unit, predictions: predictions, jacobian: jacobian)
    case .splits(let runner): runner.evaluate(unit, predictions: predictions, jacobian: jacobian)
    case .tiles(let runner): runner.evaluate(unit, predictions: predictions, jacobian: jacobian)
    case .density(let runner): runner.evaluate(unit, predictions: predictions, jacobian: jacobian)
    }
  }

  /// Predictions and gradient contributions of one unit.
  func gradient(
    _ unit: Int, weights: OutputWeights, chunks: GradientChunks, into target: GradientTarget
  ) {
    switch self {
    case .blocks(let runner): runner.gradient(unit, weights: weights, chunks: chunks, into: target)
    case .wideBlocks(let runner): runner.gradient(unit, weights: weights, chunks: chunks, into: target)
    case .singleBlocks(let runner): runner.gradient(unit, weights: weights, chunks: chunks, into: target)
    case .splits(let runner): runner.gradient(unit, weights: weights, chunks: chunks, into: target)
    case .tiles(let runner): runner.gradient(unit, weights: weights, chunks: chunks, into: target)
    case .density(let runner): runner.gradient(unit, weights: weights, chunks: chunks, into: target)
    }
  }

  /// The final states of a unit, `size` numbers a position, in (re, im) pairs.
  func outputStates(_ unit: Int, size: Int, into target: UnsafeMutablePointer<Double>) {
    switch self {
    case .blocks(let runner): runner.outputStates(unit, size: size, into: target)
    case .wideBlocks(let runner): runner.outputStates(unit, size: size, into: target)
    case .singleBlocks(let runner): runner.outputStates(unit, size: size, into: target)
    case .splits(let runner): runner.outputStates(unit, size: size, into: target)
    case .tiles(let runner): runner.outputStates(unit, size: size, into: target)
    case .density: preconditionFailure("output states are simulated by state vectors")
    }
  }
}
