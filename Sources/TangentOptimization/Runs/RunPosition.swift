import TangentNumerics

/// Where the parameters are and how they got there: all that decides the further path.
struct RunPosition: Sendable {
  var step = 0
  /// (s, p).
  var parameters: [Double]
  var rule: RunRule
}

enum RunRule: Sendable {
  /// One rule moves all sets at once.
  case together(any FirstOrderOptimizer)
  /// One for each set.
  case apart([any EvaluatingOptimizer])
  /// One without a state for all sets, each with a metric of its own.
  case measured(any MetricOptimizer)

  init(_ optimizer: any Optimizer, sets: Int, of parameterCount: Int) throws(TangentError) {
    let count = optimizer is any FirstOrderOptimizer ? sets * parameterCount : parameterCount
    guard optimizer.fits(count: count) else {
      throw .invalid("the optimizer carries the state of a run with other parameters; pass a fresh one")
    }
    switch optimizer {
    case let optimizer as any FirstOrderOptimizer: self = .together(optimizer)
    case let optimizer as any EvaluatingOptimizer:
      self = .apart([any EvaluatingOptimizer](repeating: optimizer, count: sets))
    case let optimizer as any MetricOptimizer: self = .measured(optimizer)
    default:
      throw .invalid(
        "\(type(of: optimizer)) is neither a FirstOrderOptimizer, an EvaluatingOptimizer nor a MetricOptimizer"
      )
    }
  }
}
