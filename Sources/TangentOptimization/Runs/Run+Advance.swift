import TangentNumerics

extension Run {
  /// Makes `steps` further steps.
  /// - Throws: `cancelled`, or `numerical` for a loss that is not finite; either way theta and record are those
  ///   of the last completed step, and the checkpoint, if one was asked for, has been written. Before the first
  ///   step `outOfMemory` if the record would not fit, `inputOutput` if the checkpoint cannot be written.
  @discardableResult
  public func advance(
    steps: Int, cancel: CancelToken? = nil, observer: TrainingObserver = TrainingObserver()
  ) throws(TangentError) -> RunOutcome {
    try exclusively { () throws(TangentError) in
      let (last, overflow) = position.step.addingReportingOverflow(steps)
      guard steps >= 0, !overflow else { throw .invalid("\(steps) steps cannot be made") }
      try checkMemory(last: last)
      if let path = options.checkpoint?.path { try AtomicFile.checkWritable(path) }
      var loop = TrainingLoop(run: self, last: last, cancel: cancel, observer: observer)
      do throws(TangentError) {
        let outcome = try loop.advance()
        try writeCheckpoint()
        return outcome
      } catch {
        loop.recordWhereItStopped()
        do throws(TangentError) {
          try writeCheckpoint()
        } catch let second {
          throw TangentError(
            error.kind, "\(error.message); the checkpoint was not written: \(second.message)")
        }
        throw error
      }
    }
  }

  private func checkMemory(last: Int) throws(TangentError) {
    let fields = options.recording.fields
    var width = 1.0
    if fields.contains(.predictions) { width += Double(problem.predictionCount) }
    if fields.contains(.kernel) { width += Double(problem.kernelCount) }
    if fields.contains(.theta) { width += Double(parameterCount) }
    if fields.contains(.gradientNorm) { width += 1 }
    if fields.contains(.measuredLoss) { width += 1 }
    let steps = options.recording.dueCount(position.step...last)
    let bytes = 8 * width * Double(setCount) * Double(log.steps.count + steps)
    let limit = Double(MachineMemory.available)
    guard bytes <= limit else {
      throw TangentError(
        .outOfMemory,
        "recording \(steps) steps would take \(ByteCount(bytes)), \(ByteCount(limit)) are allowed; record fewer steps or fields"
      )
    }
  }
}
