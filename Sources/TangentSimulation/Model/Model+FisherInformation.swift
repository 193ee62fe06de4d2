import TangentCircuits
import TangentNumerics

extension Model {
  /// The quantum Fisher information of the output state, a mean over the samples `rows` (all unless given):
  ///
  ///     F_kl = 4 Re(<d_k psi|d_l psi> - <d_k psi|psi><psi|d_l psi>)
  ///
  /// - Returns: (sets, parameters, parameters), symmetric and positive.
  /// - Throws: on mixed input states, lengths that do not match, `outOfMemory`, `cancelled`.
  public func fisherInformation(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]? = nil, cancel: CancelToken? = nil
  ) throws(TangentError) -> [Double] {
    try requirePureStates(data, for: "the Fisher information")
    return try fisher(theta, data, rows: rows ?? Array(0..<data.sampleCount), isPooled: false, cancel)
  }

  /// The Fisher information of the circuit on the mean training state rho:
  ///
  ///     F_kl = 4 (tr(rho {H_k, H_l})/2 - tr(rho H_k) tr(rho H_l)),  H_k = i U^dagger d_k U
  ///
  /// (the data quantum Fisher information of Haug and Kim, arXiv 2303.13462).
  /// - Returns: (sets, parameters, parameters), symmetric and positive.
  /// - Throws: if a feature follows a parameter, since there is no one U then; on lengths that do not match,
  ///   `outOfMemory`, `cancelled`.
  public func dataFisherInformation(
    _ theta: ParameterSets, _ data: InputData, cancel: CancelToken? = nil
  ) throws(TangentError) -> [Double] {
    try circuit.requireFeaturesBeforeParameters(for: "the data Fisher information")
    return try fisher(theta, data, rows: Array(0..<data.sampleCount), isPooled: true, cancel)
  }

  /// - Throws: `invalidArgument` on mixed states; `subject` is what they are no use for.
  public func requirePureStates(_ data: InputData, for subject: String) throws(TangentError) {
    guard data.stateKind != .mixed else {
      throw .invalid(
        "\(subject) is defined for pure states here, the samples are density matrices; pass their state vectors"
      )
    }
  }

  private func fisher(
    _ theta: ParameterSets, _ data: InputData, rows: [Int], isPooled: Bool, _ cancel: CancelToken?
  ) throws(TangentError) -> [Double] {
    try validate(theta, data)
    let columns = StateColumn.all(data, rows: rows)
    try requireMemory(
      for: .fisherInformation, samples: rows.count, sets: theta.setCount, hasStates: data.stateKind != .none)
    let engine = try stateEngine
    let p = circuit.parameterCount
    let program = TangentProgram(engine.plan)
    let stack = fisherStack(engine.plan, columns.count)
    var result = [Double](repeating: 0, count: theta.setCount * p * p)
    for set in 0..<theta.setCount {
      let one = try ParameterSets(Array(theta.values[(set * p)..<((set + 1) * p)]))
      let sum = FisherSum(self, engine, program, isPooled: isPooled, stack: stack)
      for first in stride(from: 0, to: columns.count, by: stack) {
        sum.add(one, data, Array(columns[first..<min(first + stack, columns.count)]), cancel)
        try cancel?.check()
      }
      sum.finish(sampleCount: rows.count, parameterCount: p, into: &result, at: set * p * p)
    }
    return result
  }

  /// How many states' tangent vectors are held at a time: what fits in 32 MB, whatever the number of threads.
  private func fisherStack(_ plan: Plan, _ columns: Int) -> Int {
    let bytes = 16 * Double(plan.amplitudes) * Double(circuit.parameterCount + 4)
    return min(columns, max(1, Int(Double(32 << 20) / bytes)))
  }

  /// Doubles that a Fisher information takes: the result, the products, and tangent vectors.
  func fisherNumbers(_ plan: Plan, samples: Int, sets: Int) -> Double {
    let p = Double(circuit.parameterCount + 4)
    return (Double(sets) + 1) * p * p + Double(fisherStack(plan, samples)) * 2 * p * Double(plan.amplitudes)
  }
}

/// One pure state among the inputs: a sample's own, or an eigenvector of a mixed one.
struct StateColumn {
  let sample: Int
  /// The block and lane of an eigenvector.
  let block: Int
  let lane: Int
  let weight: Double

  static func all(_ data: InputData, rows: [Int]) -> [StateColumn] {
    guard data.stateKind == .mixed else {
      return rows.map { StateColumn(sample: $0, block: -1, lane: 0, weight: 1) }
    }
    return rows.flatMap { sample in
      (data.firstBlock[sample]..<data.firstBlock[sample + 1]).flatMap { block in
        (0..<Lane.scalarCount).filter { data.weights[block][$0] > 0 }.map {
          StateColumn(sample: sample, block: block, lane: $0, weight: data.weights[block][$0])
        }
      }
    }
  }
}

/// The Fisher information as it is summed up over states.
final class FisherSum {
  private let model: Model
  private let engine: Engine
  private let program: TangentProgram
  /// Whether <H_k> is a mean over all states, or each state has its own.
  private let isPooled: Bool
  private let gram: LaneGram
  private let tangents: LaneMemory
  private let projections: LaneMemory
  private let pooled: LaneMemory

  /// - Parameter stack: how many states are added at a time at most.
  init(_ model: Model, _ engine: Engine, _ program: TangentProgram, isPooled: Bool, stack: Int) {
    self.model = model
    self.engine = engine
    self.program = program
    self.isPooled = isPooled
    let blocks = program.blockCount
    gram = LaneGram(blockCount: blocks)
    tangents = LaneMemory(count: stack * blocks * 2 * engine.plan.amplitudes)
    projections = LaneMemory(count: stack * blocks * 2)
    pooled = LaneMemory(count: blocks * 2)
  }

  func add(_ theta: ParameterSets, _ data: InputData, _ columns: [StateColumn], _ cancel: CancelToken?) {
    let blocks = program.blockCount
    guard blocks > 0 else { return }
    let size = 2 * engine.plan.amplitudes
    let (tangents, projections, program) = (tangents.pointer, projections.pointer, program)
    model.run(
      engine, Schedule(theta, data, rows: nil),
      tasks: columns.count * program.chunks.count, theta, data,
      blocks,
      cancel
    ) { runner, task in
      let (number, part) = task.quotientAndRemainder(dividingBy: program.chunks.count)
      let chunk = program.chunks[part]
      runner.prepare(columns[number])
      let first = number * blocks + chunk.blocks.lowerBound
      TangentVectors(runner: runner, program: program, cancel: cancel).compute(
        chunk, into: tangents + first * size, projections: projections + first * 2)
    }
    if let cancel, cancel.isCancelled { return }
    gram.add(
      LaneVectors(
        pointer: tangents, blockCount: blocks, componentCount: size, stackCount: columns.count))
    if isPooled {
      for number in columns.indices {
        for k in 0..<(2 * blocks) { pooled.pointer[k] += projections[number * 2 * blocks + k] }
      }
    } else {
      gram.add(
        LaneVectors(
          pointer: projections, blockCount: blocks, componentCount: 2, stackCount: columns.count), sign: -1)
    }
  }

  /// 4/m times the sum, rows and columns in the order of the parameters.
  func finish(sampleCount m: Int, parameterCount p: Int, into result: inout [Double], at offset: Int) {
    if isPooled {
      gram.add(
        LaneVectors(
          pointer: pooled.pointer, blockCount: program.blockCount, componentCount: 2, stackCount: 1),
        sign: -1 / Double(m))
    }
    let factor = 4 / Double(m)
    let width = Lane.scalarCount * program.blockCount
    program.order.withUnsafeBufferPointer { order in
      result.withUnsafeMutableBufferPointer { result in
        for (row, k) in order.enumerated() {
          for column in row..<order.count {
            let l = order[column]
            let value = factor * gram.entries[row * width + column]
            result[offset + k * p + l] = value
            result[offset + l * p + k] = value
          }
        }
      }
    }
  }
}

extension UnitRunner<Lane> {
  /// One state in all lanes, times the root of its weight.
  fileprivate func prepare(_ column: StateColumn) {
    var items = Schedule.Items()
    items.count = Lane.scalarCount
    items.samples = SIMD8(repeating: column.sample)
    workspace.isReversible = true
    prepare(items, block: column.block)
    guard column.block >= 0 else { return }
    let factor = column.weight.squareRoot()
    let psi = workspace.states
    for k in 0..<(2 * engine.plan.amplitudes) { psi[k] = Lane(repeating: factor * psi[k][column.lane]) }
  }
}
