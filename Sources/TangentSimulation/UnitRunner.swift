import TangentNumerics

/// Computes units of a schedule on one worker: loads states and angles into the lanes, sweeps, hands out results.
struct UnitRunner {
  let engine: Engine
  let scale: Double
  let theta: ParameterSets
  let data: InputData
  let schedule: Schedule
  let workspace: Workspace
  let sweep: Sweep

  init(
    _ engine: Engine, scale: Double, _ theta: ParameterSets, _ data: InputData, _ schedule: Schedule,
    _ workspace: Workspace,
    cancel: CancelToken?
  ) {
    self.engine = engine
    self.scale = scale
    self.theta = theta
    self.data = data
    self.schedule = schedule
    self.workspace = workspace
    sweep = Sweep(plan: engine.plan, workspace: workspace, cancel: cancel)
  }

  private var plan: Plan { engine.plan }

  /// Predictions (positions, k) and, if asked, Jacobian rows (positions, k, p) of one unit.
  func evaluate(
    _ unit: Int, predictions: UnsafeMutablePointer<Double>, jacobian: UnsafeMutablePointer<Double>?
  ) {
    let items = schedule.items(unit)
    let k = engine.observables.count
    let p = plan.parameterCount
    for block in blocks(items) {
      prepare(items, block: block)
      let psi = sweep.forward(steps: engine.stepCount, history: jacobian != nil)
      // Without a history each backward sweep consumes the final state.
      let savesPsi = k > 1 && jacobian != nil && !workspace.keepsHistory
      if savesPsi { workspace.saved.update(from: psi, count: 2 * plan.amplitudes) }
      for a in 0..<k {
        if a > 0, savesPsi { psi.update(from: workspace.saved, count: 2 * plan.amplitudes) }
        store(seed(a, psi), items, block, stride: k, into: predictions + a)
        guard let jacobian else { continue }
        sweep.backward(steps: engine.stepCount, downTo: engine.plan.firstGradientStep)
        sweep.collectParameterGradients(scale: scale)
        for q in 0..<p {
          store(workspace.parameterGradients[q], items, block, stride: k * p, into: jacobian + a * p + q)
        }
      }
    }
  }

  /// lambda <- O_a psi; returns the prediction of every lane.
  func seed(_ a: Int, _ psi: UnsafeMutablePointer<Lane>) -> Lane {
    engine.observables[a].apply(
      to: psi, weight: Lane(repeating: 1), adding: false, into: workspace.lambda, scratch: workspace.scratch)
    return scale * ObservableKernel.overlap(psi, workspace.lambda, amplitudes: plan.amplitudes)
  }

  /// The lane blocks of a unit: one of the caller's making (-1) or all blocks of a mixed sample.
  func blocks(_ items: Schedule.Items) -> Range<Int> {
    guard schedule.kind == .mixed else { return -1..<0 }
    return data.firstBlock[items.samples[0]]..<data.firstBlock[items.samples[0] + 1]
  }

  /// Writes one number a lane to its pair's place; the eigenvectors of a mixed sample are summed there.
  @inline(__always)
  private func store(
    _ value: Lane, _ items: Schedule.Items, _ block: Int, stride: Int,
    into target: UnsafeMutablePointer<Double>
  ) {
    if schedule.kind == .mixed {
      target[items.positions[0] &* stride] += (value * data.weights[block]).sum()
    } else {
      for lane in 0..<items.count { target[items.positions[lane] &* stride] = value[lane] }
    }
  }

  // MARK: Loading

  func prepare(_ items: Schedule.Items, block: Int) {
    loadStates(items, block)
    for f in 0..<plan.featureCount {
      for lane in 0..<Lane.scalarCount {
        workspace.features[f][lane] = data.features[items.samples[lane] &* data.featureCount &+ f]
      }
    }
    let p = plan.parameterCount
    theta.values.withUnsafeBufferPointer { values in
      if workspace.lanesHaveParameters {
        for q in 0..<p {
          for lane in 0..<Lane.scalarCount { workspace.theta[q][lane] = values[items.sets[lane] &* p &+ q] }
        }
      } else {
        let set = items.sets[0]
        // An empty vector has no base address; then no slot reads it either.
        if workspace.preparedSet != set, let base = values.baseAddress ?? emptyTheta {
          sweep.prepare(theta: base + set * p)
          workspace.preparedSet = set
        }
        if p > 0, plan.featureCount > 0 {
          for q in 0..<p { workspace.theta[q] = Lane(repeating: values[set &* p &+ q]) }
        }
      }
    }
    if workspace.lanesHaveParameters || plan.featureCount > 0 { sweep.prepareLanes() }
  }

  private var emptyTheta: UnsafePointer<Double>? {
    UnsafePointer(UnsafeMutableRawPointer(workspace.states).assumingMemoryBound(to: Double.self))
  }

  private func loadStates(_ items: Schedule.Items, _ block: Int) {
    let psi = workspace.states
    let count = 2 * plan.amplitudes
    guard let source = data.blocks?.pointer else {
      psi.update(repeating: .zero, count: count)
      psi[0] = Lane(repeating: 1)
      return
    }
    if schedule.kind == .mixed {
      psi.update(from: source + block * count, count: count)
      return
    }
    let width = Lane.scalarCount
    let first = items.samples[0]
    let consecutive = (0..<items.count).allSatisfy { items.samples[$0] == first + $0 }
    if first.isMultiple(of: width), consecutive {
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
