import TangentNumerics

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
      engine, model.call(theta, data, Schedule(theta, data, rows: nil), cancel),
      tasks: columns.count * program.chunks.count, sweeps: blocks
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
        pointer: tangents, blockCount: blocks, componentCount: size, stackCount: columns.count),
      cancel: cancel)
    if isPooled {
      for number in columns.indices {
        for k in 0..<(2 * blocks) { pooled.pointer[k] += projections[number * 2 * blocks + k] }
      }
    } else {
      gram.add(
        LaneVectors(
          pointer: projections, blockCount: blocks, componentCount: 2, stackCount: columns.count), sign: -1,
        cancel: cancel)
    }
  }

  /// 4/m times the sum, rows and columns in the order of the variables, `size` of them; what is left when `cancel` is set
  /// is left out.
  func finish(
    sampleCount m: Int, size p: Int, into result: inout [Double], at offset: Int, _ cancel: CancelToken?
  ) {
    if isPooled {
      gram.add(
        LaneVectors(
          pointer: pooled.pointer, blockCount: program.blockCount, componentCount: 2, stackCount: 1),
        sign: -1 / Double(m), cancel: cancel)
    }
    let factor = 4 / Double(m)
    let width = Lane.scalarCount * program.blockCount
    let start = engine.plan.space.columns.lowerBound
    program.order.withUnsafeBufferPointer { order in
      result.withUnsafeMutableBufferPointer { result in
        for row in order.indices {
          if let cancel, cancel.isCancelled { return }
          let k = order[row] - start
          for column in row..<order.count {
            let l = order[column] - start
            let value = factor * gram.entries[row * width + column]
            result[offset + k * p + l] = value
            result[offset + l * p + k] = value
          }
        }
      }
    }
  }
}

extension BlockRunner<Lane> {
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
