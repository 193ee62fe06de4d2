import TangentNumerics

/// Brings two states through a plan whose split bit lies in the lanes, and back. Results are in the first two lanes.
struct SplitRunner: EvaluationRunner {
  let engine: SplitEngine
  let call: Call
  let workspace: Workspace<Lane>
  let sweep: Sweep<Lane>
  /// Turns features into the states to start from.
  private let encoder: BlockRunner<Lane>?

  init(
    _ engine: SplitEngine, _ call: Call, _ workspace: SplitWorkspace
  ) {
    self.engine = engine
    self.call = call
    self.workspace = workspace.states
    sweep = Sweep(plan: engine.plan, workspace: workspace.states, cancel: call.cancel)
    if let encoding = engine.encoding, let workspace = workspace.encoding {
      encoder = BlockRunner(encoding, call, workspace)
    } else {
      encoder = nil
    }
  }

  private var plan: Plan { engine.plan }
  private var count: Int { 2 * plan.amplitudes }
  /// Signs of the lanes for what is odd in the split bit.
  private static let signs = Lane(1, -1, 1, -1)

  var outputCount: Int { engine.observables.count }
  var space: VariableSpace { plan.space }
  var gradients: UnsafeMutablePointer<Lane> { workspace.gradients }

  func forward(_ items: Schedule.Items, block: Int, returns: Bool) {
    load(items)
    prepare(set: items.sets[0])
    workspace.final = sweep.forward(steps: plan.stepCount, history: returns)
    guard Invariants.areChecked, call.cancel?.isCancelled != true else { return }
    let norms = ofStates(
      ObservableKernel.overlap(workspace.final, workspace.final, amplitudes: plan.amplitudes))
    for state in 0..<items.count { Invariants.note(norms[state], .double) }
  }

  func predict(_ a: Int, returns: Bool) -> Lane {
    engine.observables[a].apply(workspace.final, workspace.lambda, scratch: workspace.scratch)
    return scale
      * ofStates(
        ObservableKernel.overlap(workspace.final, workspace.lambda, amplitudes: plan.amplitudes))
  }

  func seed(weights: UnsafeMutableBufferPointer<Lane>) {
    let (lambda, product) = (workspace.lambda, workspace.scratch + engine.layout.scratch - count)
    for a in 0..<weights.count {
      let weight = Lane(weights[a][0], weights[a][0], weights[a][1], weights[a][1])
      engine.observables[a].apply(workspace.final, product, scratch: workspace.scratch)
      for k in 0..<count { lambda[k] = a > 0 ? lambda[k] + weight * product[k] : weight * product[k] }
    }
  }

  /// Without a history each backward sweep consumes the final state.
  func keepState() {
    if !workspace.keepsHistory { workspace.saved.update(from: workspace.final, count: count) }
  }

  func restoreState() {
    if !workspace.keepsHistory { workspace.final.update(from: workspace.saved, count: count) }
  }

  func backward() {
    sweep.backward(steps: plan.stepCount, downTo: plan.firstGradientStep)
    let gradients = workspace.slotGradients
    for k in 0..<plan.slotCount {
      let isOdd = plan.conditions[k].signs != 0
      gradients[k] = ofStates(isOdd ? gradients[k] * SplitRunner.signs : gradients[k])
    }
    sweep.collectGradients(scale: scale)
  }

  func outputStates(_ unit: Int, size: Int, into target: UnsafeMutablePointer<Double>) {
    let items = schedule.items(unit)
    forward(items, block: -1, returns: false)
    forEachAmplitude { index, entry, lane, state in
      let place = target + items.positions[state] &* size + 2 &* index
      place[0] = workspace.final[entry][lane]
      place[1] = workspace.final[entry &+ 1][lane]
    }
  }

  /// Sums over the split bit.
  @inline(__always)
  private func ofStates(_ x: Lane) -> Lane { Lane(x[0] + x[1], x[2] + x[3], 0, 0) }

  // MARK: Loading

  /// Angles of one parameter set; the sign of a string with the split bit turns from lane to lane.
  private func prepare(set: Int) {
    guard workspace.preparedSet != set else { return }
    workspace.preparedSet = set
    let angles = workspace.angles
    theta.values.withUnsafeBufferPointer { values in
      let first = set * space.parameterCount
      plan.fillUniform(angles, variable: { values[first + $0] }) { _ in true }
    }
    for k in 0..<plan.slotCount where plan.conditions[k].signs != 0 {
      angles[k].sine *= SplitRunner.signs
      angles[k].tangent *= SplitRunner.signs
    }
    sweep.prepareLaneTables()
  }

  private func load(_ items: Schedule.Items) {
    let psi = workspace.states
    if let encoder {
      let encoded = encoder.finalState(items, block: -1)
      encoder.engine.labels.forEachImage { i, index in
        forEachState(of: index) { _, entry, lane, state in
          // A state without a sample repeats the first; lanes without one hold anything.
          let source = state < items.count ? state : 0
          psi[entry][lane] = encoded[2 &* i][source]
          psi[entry &+ 1][lane] = encoded[2 &* i &+ 1][source]
        }
      }
      return
    }
    guard data.stateKind == .pure else {
      psi.update(repeating: .zero, count: count)
      psi[0] = Lane(1, 0, 1, 0)
      return
    }
    data.states.withUnsafeBufferPointer { states in
      let states = states.baseAddress!
      forEachAmplitude { index, entry, lane, state in
        let amplitude = states + 2 &* (items.samples[state] &* data.dimension &+ index)
        psi[entry][lane] = amplitude[0]
        psi[entry &+ 1][lane] = amplitude[1]
      }
    }
  }

  /// Calls `body(index in the register, place of the real part, lane, state)`.
  @inline(__always)
  private func forEachAmplitude(_ body: (Int, Int, Int, Int) -> Void) {
    for index in 0..<(2 &* plan.amplitudes) { forEachState(of: index, body) }
  }

  /// The same for one index.
  @inline(__always)
  private func forEachState(of index: Int, _ body: (Int, Int, Int, Int) -> Void) {
    let low = index & ((1 &<< engine.bit) &- 1)
    let entry = 2 &* ((index &>> (engine.bit &+ 1)) &<< engine.bit | low)
    let half = index &>> engine.bit & 1
    for state in 0..<SplitEngine.samplesPerUnit { body(index, entry, half &+ 2 &* state, state) }
  }
}
