import Synchronization
import TangentBounds
import TangentOptimization
import TangentSimulation

/// The last loss floor of a model: another training on the same samples towards the same targets, from other parameters or
/// at another rate, does not compute it again.
public final class FloorMemory: Sendable {
  private struct Entry: Sendable {
    /// Whose floor it is; the same object, not equal numbers. Samples that nobody else keeps are not kept here.
    weak var data: InputData?
    let targets: Targets
    let floor: LossFloor
  }

  private let last = Mutex<Entry?>(nil)

  public init() {}

  func recall(for run: TrainingRun) -> LossFloor? {
    guard let entry = last.withLock({ $0 }), entry.data === run.data, entry.targets == run.targets else {
      return nil
    }
    return entry.floor
  }

  func keep(_ floor: LossFloor, of run: TrainingRun) {
    last.withLock { $0 = Entry(data: run.data, targets: run.targets, floor: floor) }
  }
}
