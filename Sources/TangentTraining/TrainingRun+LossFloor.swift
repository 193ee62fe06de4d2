import TangentBounds
import TangentOptimization
import TangentNumerics

extension TrainingRun {
  /// How low the loss can get for these data, whatever the parameters; none is known where samples have weights.
  public func lossFloor(cancel: CancelToken? = nil) throws(TangentError) -> LossFloor {
    if problem.weights != nil { return LossFloor(basis: .equalSamplesOfManyStates) }
    if let floor = floors.recall(for: self) { return floor }
    let floor =
      switch targets {
      case .values(let values): try model.lossFloor(data, values: values, cancel: cancel)
      case .labels(let labels): LossFloor(data, labels: labels)
      }
    floors.keep(floor, of: self)
    return floor
  }
}
