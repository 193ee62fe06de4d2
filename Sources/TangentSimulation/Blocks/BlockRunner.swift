import TangentNumerics

/// Brings blocks of states, one a lane, through a plan and back.
struct BlockRunner<L: LaneVector>: EvaluationRunner {
  let engine: Engine
  let call: Call
  let workspace: Workspace<L>
  let sweep: Sweep<L>
  private let inputs: StateLanes?

  init(
    _ engine: Engine, _ call: Call, _ workspace: Workspace<L>
  ) {
    self.engine = engine
    self.call = call
    self.workspace = workspace
    sweep = Sweep(plan: engine.plan, workspace: workspace, cancel: call.cancel)
    inputs = call.data.lanes(L.self)
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
    if Invariants.areChecked, call.cancel?.isCancelled != true { checkNorms(final, items, block) }
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
    guard let inputs else {
      psi.update(repeating: .zero, count: count)
      psi[0] = L(constant: 1)
      return
    }
    let (source, width): (UnsafePointer<L>, Int) = (inputs.pointer(), L.scalarCount)
    let first = items.samples[0]
    if schedule.kind == .mixed {
      let own = inputs.firstBlock[first] + (block - data.firstBlock[first]) / L.Wide.laneCount
      psi.update(from: source + own * count, count: count)
      return
    }
    if first.isMultiple(of: width), (0..<items.count).allSatisfy({ items.samples[$0] == first + $0 }) {
      psi.update(from: source + first / width * count, count: count)
      return
    }
    for lane in 0..<width {
      let sample = items.samples[lane]
      let column = source + sample / width * count
      let place = sample % width
      for k in 0..<count { psi[k][lane] = column[k][place] }
    }
  }
}
