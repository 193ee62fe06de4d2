import TangentNumerics

/// Brings blocks of states, one a lane, through a plan and back.
struct BlockRunner<L: LaneVector>: EvaluationRunner {
  let engine: Engine
  let call: Call
  let workspace: Workspace<L>
  let sweep: Sweep<L>

  init(
    _ engine: Engine, _ call: Call, _ workspace: Workspace<L>
  ) {
    self.engine = engine
    self.call = call
    self.workspace = workspace
    sweep = Sweep(plan: engine.plan, workspace: workspace, cancel: call.cancel)
  }

  private var plan: Plan { engine.plan }

  var outputCount: Int { engine.observables.count }
  var space: VariableSpace { plan.space }
  var gradients: UnsafeMutablePointer<L.Wide> { workspace.gradients }

  /// The final state; with a history the last of its states.
  private var final: UnsafeMutablePointer<L> { workspace.final }

  func forward(_ items: Schedule.Items, block: Int, returns: Bool) {
    prepare(items, block: block)
    workspace.final = sweep.forward(steps: engine.stepCount, history: returns)
  }

  func predict(_ a: Int, returns: Bool) -> L.Wide {
    engine.observables[a].apply(
      to: final, weight: L(constant: 1), adding: false, into: workspace.lambda,
      scratch: workspace.scratch)
    return scale * ObservableKernel.overlap(final, workspace.lambda, amplitudes: plan.amplitudes).wide
  }

  func seed(weights: UnsafeMutableBufferPointer<L.Wide>) {
    for a in 0..<weights.count {
      engine.observables[a].apply(
        to: final, weight: L(rounding: weights[a]), adding: a > 0, into: workspace.lambda,
        scratch: workspace.scratch)
    }
  }

  /// Without a history each backward sweep consumes the final state.
  func keepState() {
    if !workspace.keepsHistory { workspace.saved.update(from: final, count: 2 * plan.amplitudes) }
  }

  func restoreState() {
    if !workspace.keepsHistory { final.update(from: workspace.saved, count: 2 * plan.amplitudes) }
  }

  func backward() {
    sweep.backward(steps: engine.stepCount, downTo: plan.firstGradientStep)
    sweep.collectGradients(scale: scale)
  }

  // MARK: Loading

  func prepare(_ items: Schedule.Items, block: Int) {
    loadStates(items, block)
    let (p, featureCount) = (plan.space.parameterCount, plan.space.featureCount)
    for f in 0..<featureCount {
      for lane in 0..<L.scalarCount {
        workspace.variables[p &+ f][lane] = data.features[items.samples[lane] &* data.featureCount &+ f]
      }
    }
    theta.values.withUnsafeBufferPointer { values in
      if workspace.lanesHaveParameters {
        for q in 0..<p {
          for lane in 0..<L.scalarCount { workspace.variables[q][lane] = values[items.sets[lane] &* p &+ q] }
        }
      } else {
        let set = items.sets[0]
        if workspace.preparedSet != set {
          sweep.prepare(theta: UnsafeBufferPointer(rebasing: values[(set &* p)..<(set &* p &+ p)]))
          workspace.preparedSet = set
        }
        if p > 0, featureCount > 0 {
          for q in 0..<p { workspace.variables[q] = L.Wide(repeating: values[set &* p &+ q]) }
        }
      }
    }
    if workspace.lanesHaveParameters || featureCount > 0 { sweep.prepareLanes() }
  }

  private func loadStates(_ items: Schedule.Items, _ block: Int) {
    let psi = workspace.states
    let count = 2 * plan.amplitudes
    guard let source = data.blocks?.pointer else {
      psi.update(repeating: .zero, count: count)
      psi[0] = L(constant: 1)
      return
    }
    if schedule.kind == .mixed {
      load(source, from: block, to: data.firstBlock[items.samples[0] + 1])
      return
    }
    let width = Lane.scalarCount
    let first = items.samples[0]
    let consecutive = (0..<items.count).allSatisfy { items.samples[$0] == first + $0 }
    if first.isMultiple(of: width), consecutive {
      load(source, from: first / width, to: (first + items.count + width - 1) / width)
      return
    }
    for lane in 0..<L.scalarCount {
      let sample = items.samples[lane]
      let column = source + sample / width * count
      let place = sample % width
      for k in 0..<count { psi[k][lane] = L.Scalar(column[k][place]) }
    }
  }

  /// As many blocks of four doubles as the lanes hold, and zeros where there are no more.
  private func load(_ source: UnsafePointer<Lane>, from block: Int, to end: Int) {
    let count = 2 * plan.amplitudes
    let first = source + block * count
    let available = end - block
    for k in 0..<count {
      workspace.states[k] = L(rounding: L.Wide { $0 < available ? first[$0 * count + k] : .zero })
    }
  }
}
