import TangentNumerics

/// Brings one state, four amplitudes to a lane vector, through a tiled plan and back. Its results are in the first lane.
struct TiledRunner: EvaluationRunner {
  let engine: TiledEngine
  let call: Call
  let workspace: TiledWorkspace
  let sweep: TiledSweep

  init(
    _ engine: TiledEngine, _ call: Call, _ workspace: TiledWorkspace
  ) {
    self.engine = engine
    self.call = call
    self.workspace = workspace
    sweep = TiledSweep(plan: engine.plan, workspace: workspace, cancel: call.cancel)
  }

  var outputCount: Int { engine.observables.count }
  var space: VariableSpace { engine.plan.space }
  var gradients: UnsafeMutablePointer<Lane> { workspace.gradients }
  private var workers: Int { workspace.tiles.count }

  func forward(_ items: Schedule.Items, block: Int, returns: Bool) {
    prepare(items)
    // A sum of several observables needs all their predictions before it can return.
    workspace.turnsInLastStage = engine.plan.diagonals != nil && (!returns || outputCount == 1)
    sweep.forward(stages: stages)
    if Invariants.areChecked { checkNorm() }
  }

  /// Of the state in memory: where the last stage predicts tile by tile, of the state before it.
  private func checkNorm() {
    guard call.cancel?.isCancelled != true else { return }
    let psi = workspace.psi
    Invariants.note(
      ObservableKernel.overlap(psi, psi, amplitudes: engine.plan.stateCount / 2).sum(), .double)
  }

  /// The last stage, if it is one that predicts tile by tile.
  func turn(returns: Bool) {
    guard workspace.turnsInLastStage else { return }
    clearGradients()
    sweep.turn(returns: returns, scale: scale, into: workspace.expectations)
  }

  /// The stages that the sweeps go through by themselves.
  private var stages: Int { engine.plan.stages.count - (workspace.turnsInLastStage ? 1 : 0) }

  private func prepare(_ items: Schedule.Items) {
    let (set, sample) = (items.sets[0], items.samples[0])
    loadState(sample)
    let (p, variables) = (space.parameterCount, workspace.variables)
    for q in 0..<p { variables[q] = Lane(theta.values[set * p + q], 0, 0, 0) }
    for f in 0..<space.featureCount {
      variables[p + f] = Lane(data.features[sample * data.featureCount + f], 0, 0, 0)
    }
    sweep.prepare(set: set)
  }

  func predict(_ a: Int, returns: Bool) -> Lane {
    if workspace.turnsInLastStage { return Lane(scale * workspace.expectations[a], 0, 0, 0) }
    if returns {
      engine.observables[a].apply(
        to: workspace.psi, weight: 1, adding: false, into: workspace.lambda, workers: workers)
    }
    return Lane(scale * engine.observables[a].expectation(workspace.psi, workers: workers), 0, 0, 0)
  }

  func seed(weights: UnsafeMutableBufferPointer<Lane>) {
    for a in 0..<weights.count {
      engine.observables[a].apply(
        to: workspace.psi, weight: weights[a][0], adding: a > 0, into: workspace.lambda, workers: workers)
    }
  }

  func keepState() { workspace.saved.update(from: workspace.psi, count: engine.plan.stateCount) }

  func restoreState() { workspace.psi.update(from: workspace.saved, count: engine.plan.stateCount) }

  func backward() {
    if !workspace.turnsInLastStage { clearGradients() }
    sweep.backward(stages: stages, scale: scale)
  }

  private func clearGradients() { gradients.update(repeating: .zero, count: space.gradientCount) }

  /// The final state in (re, im) pairs.
  func finalState(_ items: Schedule.Items, into target: UnsafeMutablePointer<Double>) {
    prepare(items)
    sweep.forward(stages: engine.plan.stages.count)
    if Invariants.areChecked { checkNorm() }
    engine.labels.forEachImage { i, place in
      let (vector, lane) = (i / Lane.scalarCount, i % Lane.scalarCount)
      target[2 &* place] = workspace.psi[2 &* vector][lane]
      target[2 &* place &+ 1] = workspace.psi[2 &* vector &+ 1][lane]
    }
  }

  private func loadState(_ sample: Int) {
    let psi = workspace.psi
    guard data.stateKind == .pure else {
      if !engine.plan.fillsState { psi.update(repeating: .zero, count: engine.plan.stateCount) }
      (psi[0], psi[1]) = (Lane(1, 0, 0, 0), .zero)
      return
    }
    data.states.withUnsafeBufferPointer { states in
      let state = states.baseAddress! + 2 * sample * data.dimension
      for vector in 0..<(engine.plan.stateCount / 2) {
        let v = state + 8 * vector
        psi[2 * vector] = Lane(v[0], v[2], v[4], v[6])
        psi[2 * vector + 1] = Lane(v[1], v[3], v[5], v[7])
      }
    }
  }
}
