import TangentNumerics

/// A loss that is a mean over samples, l_j depending on the predictions of sample j alone.
public protocol PredictionLoss: Sendable {
  /// Returns l_j and writes d l_j / d yhat_ja into `weights`, one a output. `sample` counts in the full training set.
  func evaluate(sample: Int, predictions: UnsafePointer<Double>, weights: UnsafeMutablePointer<Double>)
    -> Double
}

/// Loss and gradient of every parameter set, with what else the sweep has computed. A call that writes into the result
/// of the last one takes over its memory and, on the same samples, its preparations.
public struct GradientResult: Sendable {
  /// (sets), the mean of l_j over the rows
  public fileprivate(set) var loss: [Double] = []
  /// (sets, parameters)
  public fileprivate(set) var gradient: [Double] = []
  /// (sets, rows, outputs)
  public fileprivate(set) var predictions: [Double] = []
  /// (sets, rows, outputs, parameters) if asked for
  public fileprivate(set) var jacobian: [Double]?
  /// (sets, rows)
  fileprivate var losses: [Double] = []
  /// Gradients of chunks of samples.
  fileprivate var partial: [Double] = []
  fileprivate var preparation: GradientPreparation?

  public init() {}
}

/// What gradients of all samples have in common, whatever the parameters.
private final class GradientPreparation: Sendable {
  let engines: Engines
  let data: InputData
  let setCount: Int
  let wantsJacobian: Bool
  let simulator: Simulator
  let schedule: Schedule
  let chunks: GradientChunks

  /// - Throws: `outOfMemory` on too many qubits or samples.
  init(
    _ model: Model, _ theta: ParameterSets, _ data: InputData, rows: [Int]?, wantsJacobian: Bool
  ) throws(TangentError) {
    engines = model.engines
    self.data = data
    setCount = theta.setCount
    self.wantsJacobian = wantsJacobian
    simulator = try model.predictionSimulator(theta, data, rows: rows?.count ?? data.sampleCount)
    schedule = Schedule(theta, data, rows: rows, statesPerUnit: simulator.statesPerUnit)
    chunks = GradientChunks(schedule)
    try model.requireMemory(
      for: wantsJacobian ? .jacobian : .gradient, samples: schedule.rowCount, sets: setCount,
      hasStates: data.stateKind != .none)
  }

  func serves(_ model: Model, _ theta: ParameterSets, _ data: InputData, wantsJacobian: Bool) -> Bool {
    engines === model.engines && self.data === data && setCount == theta.setCount
      && self.wantsJacobian == wantsJacobian
  }
}

extension Model {
  /// Compiles what `gradient` needs, so that whatever is wrong with circuit, parameters or data shows before the first
  /// step of a training.
  /// - Throws: on lengths that do not match, `outOfMemory`, `numerical` for generators.
  public func prepareGradient(_ theta: ParameterSets, _ data: InputData) throws(TangentError) {
    try validate(theta, data)
    _ = try predictionSimulator(theta, data, rows: data.sampleCount)
  }

  /// The mean loss over `rows` (all samples unless given) and its gradient.
  ///
  /// Sums over samples are taken in fixed chunks, so that the bits do not depend on the number of threads, and the
  /// gradient is the same whether the Jacobian is asked for or not.
  /// - Throws: on lengths that do not match, `outOfMemory`, `cancelled`.
  public func gradient(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]? = nil, loss: some PredictionLoss,
    wantsJacobian: Bool = false, cancel: CancelToken? = nil
  ) throws(TangentError) -> GradientResult {
    var result = GradientResult()
    try gradient(
      theta, data, rows: rows, loss: loss, wantsJacobian: wantsJacobian, into: &result, cancel: cancel)
    return result
  }

  /// The same without new memory where `result` has it.
  public func gradient(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]? = nil, loss: some PredictionLoss,
    wantsJacobian: Bool = false, into result: inout GradientResult, cancel: CancelToken? = nil
  ) throws(TangentError) {
    try validate(theta, data)
    let preparation: GradientPreparation
    if rows == nil, let kept = result.preparation,
      kept.serves(self, theta, data, wantsJacobian: wantsJacobian)
    {
      preparation = kept
    } else {
      preparation = try GradientPreparation(self, theta, data, rows: rows, wantsJacobian: wantsJacobian)
      result.preparation = rows == nil ? preparation : nil
    }
    let (schedule, chunks) = (preparation.schedule, preparation.chunks)
    let p = circuit.parameterCount
    let pairs = schedule.setCount * schedule.rowCount
    var predictions = zeros(&result.predictions, pairs * outputCount)
    var jacobian: [Double] = []
    if wantsJacobian { jacobian = [Double](repeating: 0, count: pairs * outputCount * p) }
    var losses = zeros(&result.losses, pairs)
    var partial = zeros(&result.partial, chunks.bufferCount * p)
    predictions.withUnsafeMutableBufferPointer { predictions in
      jacobian.withUnsafeMutableBufferPointer { jacobian in
        losses.withUnsafeMutableBufferPointer { losses in
          partial.withUnsafeMutableBufferPointer { partial in
            let target = GradientTarget(
              predictions: predictions.baseAddress!, jacobian: wantsJacobian ? jacobian.baseAddress : nil,
              losses: losses.baseAddress!, partial: partial.baseAddress)
            run(preparation.simulator, schedule, tasks: chunks.taskCount, theta, data, 3, cancel) {
              runner, task in
              for unit in chunks.units(task) {
                if let cancel, cancel.isCancelled { return }
                runner.gradient(unit, loss: loss, chunks: chunks, into: target)
              }
            }
          }
        }
      }
    }
    try cancel?.check()
    result.loss = zeros(&result.loss, schedule.setCount)
    means(losses, schedule, into: &result.loss)
    result.gradient = zeros(&result.gradient, schedule.setCount * p)
    chunks.reduce(partial, parameterCount: p, into: &result.gradient)
    result.predictions = predictions
    result.jacobian = wantsJacobian ? jacobian : nil
    (result.losses, result.partial) = (losses, partial)
  }

  /// So many zeros, in the memory of `old` if its length is right.
  private func zeros(_ old: inout [Double], _ count: Int) -> [Double] {
    var taken: [Double] = []
    swap(&taken, &old)
    guard taken.count == count else { return [Double](repeating: 0, count: count) }
    taken.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    return taken
  }

  private func means(_ losses: [Double], _ schedule: Schedule, into result: inout [Double]) {
    let rows = schedule.rowCount
    for set in 0..<schedule.setCount {
      var sum = 0.0
      for row in (set * rows)..<((set + 1) * rows) { sum += losses[row] }
      result[set] = sum / Double(rows)
    }
  }
}

/// Where a gradient call writes; each unit to its own places.
struct GradientTarget {
  let predictions: UnsafeMutablePointer<Double>
  let jacobian: UnsafeMutablePointer<Double>?
  let losses: UnsafeMutablePointer<Double>
  /// One gradient a buffer; nil without parameters.
  let partial: UnsafeMutablePointer<Double>?
}

/// The fixed partition of a sum over samples: units in chunks with a buffer each, added up in order.
struct GradientChunks {
  private static let perSet = 64

  private let schedule: Schedule
  private let unitsPerChunk: Int
  private let chunksPerSet: Int

  init(_ schedule: Schedule) {
    self.schedule = schedule
    unitsPerChunk = max(1, (schedule.unitsPerSet + GradientChunks.perSet - 1) / GradientChunks.perSet)
    chunksPerSet = (schedule.unitsPerSet + unitsPerChunk - 1) / unitsPerChunk
  }

  /// Pairs of several sets in one unit keep a buffer for every pair.
  private var isByPair: Bool { schedule.kind == .pairs }

  var taskCount: Int { isByPair ? schedule.unitCount : schedule.setCount * chunksPerSet }

  var bufferCount: Int { isByPair ? schedule.setCount * schedule.rowCount : taskCount }

  private var buffersPerSet: Int { isByPair ? schedule.rowCount : chunksPerSet }

  func units(_ task: Int) -> Range<Int> {
    if isByPair { return task..<(task + 1) }
    let (set, chunk) = task.quotientAndRemainder(dividingBy: chunksPerSet)
    let first = chunk * unitsPerChunk
    let offset = set * schedule.unitsPerSet
    return (offset + first)..<(offset + min(first + unitsPerChunk, schedule.unitsPerSet))
  }

  /// The buffer of a lane of a unit.
  func buffer(unit: Int, lane: Int, _ items: Schedule.Items) -> Int {
    if isByPair { return items.positions[lane] }
    let (set, rest) = unit.quotientAndRemainder(dividingBy: schedule.unitsPerSet)
    return set * chunksPerSet + rest / unitsPerChunk
  }

  /// Adds the chunks to a gradient of zeros and divides by the number of samples.
  func reduce(_ partial: [Double], parameterCount p: Int, into gradient: inout [Double]) {
    let scale = 1 / Double(schedule.rowCount)
    partial.withUnsafeBufferPointer { partial in
      gradient.withUnsafeMutableBufferPointer { gradient in
        guard let chunks = partial.baseAddress, let gradient = gradient.baseAddress else { return }
        for set in 0..<schedule.setCount {
          let sum = gradient + set * p
          for buffer in (set * buffersPerSet)..<((set + 1) * buffersPerSet) {
            let chunk = chunks + buffer * p
            for q in 0..<p { sum[q] += chunk[q] }
          }
          for q in 0..<p { sum[q] *= scale }
        }
      }
    }
  }
}
