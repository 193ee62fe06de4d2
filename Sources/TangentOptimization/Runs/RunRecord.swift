/// What a run has recorded. Sets of parameters come first, then recorded steps: with s sets and T recorded
/// steps the losses and the gradient's norm are (s, T), the predictions (s, T, m, k), the kernels (s, T, m, m), theta
/// (s, T, p), row-major.
/// A field that was not asked for is empty.
public struct RunRecord: Sendable, Equatable {
  public let steps: [Int]
  /// (T): c * step with c = rate * Zsum / m for gradient descent, under a schedule c times the sum of its factors, the
  /// flow's own time for gradient flow, NaN otherwise.
  public let time: [Double]
  public let loss: [Double]
  public let predictions: [Double]
  public let kernel: [Double]
  public let theta: [Double]
  public let gradientNorm: [Double]
  public let measuredLoss: [Double]
}

/// The record as it grows: step after step, each with all sets of parameters.
struct RecordLog: Sendable, Equatable {
  var steps: [Int] = []
  var loss: [Double] = []
  var predictions: [Double] = []
  var kernel: [Double] = []
  var theta: [Double] = []
  var gradientNorm: [Double] = []
  var measuredLoss: [Double] = []

  /// Adds a point, or nothing. A step that is already there, as the end of an earlier `advance`, gives way, so
  /// that a resumed run's record is that of an uninterrupted one.
  mutating func put(_ point: RecordPoint?, at step: Int) {
    if steps.last == step { removeLast() }
    guard let point else { return }
    steps.append(point.step)
    loss += point.loss
    predictions += point.predictions
    kernel += point.kernel
    theta += point.parameters
    gradientNorm += point.gradientNorm
    measuredLoss += point.measuredLoss
  }

  private mutating func removeLast() {
    let count = steps.count
    steps.removeLast()
    for field in RecordLog.fields { self[keyPath: field].removeLast(self[keyPath: field].count / count) }
  }

  static let fields: [WritableKeyPath<RecordLog, [Double]> & Sendable] = [
    \.loss, \.predictions, \.kernel, \.theta, \.gradientNorm, \.measuredLoss,
  ]

  func record(setCount: Int, timePerStep: Double, schedule: LearningRateSchedule?) -> RunRecord {
    func setsFirst(_ field: [Double]) -> [Double] {
      let width = field.count / max(1, steps.count * setCount)
      var result: [Double] = []
      result.reserveCapacity(field.count)
      for set in 0..<setCount {
        for index in steps.indices {
          let start = (index * setCount + set) * width
          result += field[start..<start + width]
        }
      }
      return result
    }
    return RunRecord(
      steps: steps, time: times(timePerStep, schedule), loss: setsFirst(loss),
      predictions: setsFirst(predictions), kernel: setsFirst(kernel), theta: setsFirst(theta),
      gradientNorm: setsFirst(gradientNorm), measuredLoss: setsFirst(measuredLoss))
  }
}

extension RecordLog {
  private func times(_ timePerStep: Double, _ schedule: LearningRateSchedule?) -> [Double] {
    guard let schedule, !timePerStep.isNaN else { return steps.map { Double($0) * timePerStep } }
    var (sum, next) = (0.0, 0)
    return steps.map { step in
      while next < step {
        sum += schedule.factor(step: next)
        next += 1
      }
      return sum * timePerStep
    }
  }
}

/// One step of the record; fields that are not recorded are empty.
struct RecordPoint: Sendable {
  let step: Int
  var loss: [Double]
  var predictions: [Double] = []
  var kernel: [Double] = []
  var parameters: [Double] = []
  var gradientNorm: [Double] = []
  var measuredLoss: [Double] = []
}

extension Recording {
  /// Whether the schedule asks for a step; a run records its last step besides.
  func isDue(_ step: Int) -> Bool {
    switch schedule {
    case .every(let n): step % n == 0
    case .steps(let list): step == 0 || list.containsSorted(step)
    }
  }

  /// How many of the steps in `range` the schedule asks for.
  func dueCount(_ range: ClosedRange<Int>) -> Int {
    switch schedule {
    case .every(let n):
      range.upperBound / n + 1 - (range.lowerBound == 0 ? 0 : (range.lowerBound - 1) / n + 1)
    case .steps(let list):
      list.count { range.contains($0) } + (range.lowerBound == 0 && list.first != 0 ? 1 : 0)
    }
  }
}

extension [Int] {
  fileprivate func containsSorted(_ value: Int) -> Bool {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low < endIndex && self[low] == value
  }
}
