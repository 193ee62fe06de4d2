import Synchronization
import TangentSimulation
import TangentBounds

/// The last loss floor of a model: another training on the same data towards the same targets, from other parameters or
/// at another rate, does not compute it again.
public final class FloorMemory: Sendable {
  private struct Entry: Sendable {
    let data: InputData
    let targets: Targets
    let floor: LossFloor
  }

  private let last = Mutex<Entry?>(nil)

  /// Larger data are not worth being kept alive.
  private static let keptNumbers = 1 << 21

  public init() {}

  func recall(for run: TrainingRun) -> LossFloor? {
    guard let entry = last.withLock({ $0 }) else { return nil }
    return run.difference(data: entry.data, targets: entry.targets) == nil ? entry.floor : nil
  }

  func keep(_ floor: LossFloor, of run: TrainingRun) {
    let data = run.data
    guard data.features.count + data.states.count <= FloorMemory.keptNumbers else { return }
    last.withLock { $0 = Entry(data: data, targets: run.targets, floor: floor) }
  }
}
