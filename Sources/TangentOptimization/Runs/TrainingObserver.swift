/// What the caller wants to hear of while a run advances. Losses are (s), parameters (s, p), s the number of
/// sets of parameters. With mini-batches the loss is the batch's, at the last step the full set's.
public struct TrainingObserver {
  /// Called at every step, before the parameters move; true ends the run at this step.
  public var step: ((_ step: Int, _ loss: [Double], _ theta: [Double]) -> Bool)?
  /// Called at most every 10 ms, and at the last step.
  public var progress: ((_ step: Int, _ lastStep: Int, _ loss: [Double]) -> Void)?

  public init(
    step: ((_ step: Int, _ loss: [Double], _ theta: [Double]) -> Bool)? = nil,
    progress: ((_ step: Int, _ lastStep: Int, _ loss: [Double]) -> Void)? = nil
  ) {
    self.step = step
    self.progress = progress
  }
}
