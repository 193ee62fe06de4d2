import CTangentVector
import TangentNumerics

/// Brings blocks of density matrices, one a lane, through a plan and back.
struct DensityRunner: EvaluationRunner {
  let engine: DensityEngine
  let call: Call
  let workspace: DensityWorkspace
  private let sweep: DensitySweep

  init(_ engine: DensityEngine, _ call: Call, _ workspace: DensityWorkspace) {
    self.engine = engine
    self.call = call
    self.workspace = workspace
    sweep = DensitySweep(engine.plan, workspace, cancel: call.cancel)
  }

  private var plan: TransferPlan { engine.plan }

  var outputCount: Int { engine.observables.count }
  var space: VariableSpace { plan.space }
  var gradients: UnsafeMutablePointer<Lane> { workspace.gradients }

  func forward(_ items: Schedule.Items, block: Int, returns: Bool) {
    prepare(items)
    load(items)
    sweep.forward(returns: returns)
    guard Invariants.areChecked, call.cancel?.isCancelled != true else { return }
    // The expectation of the identity comes first.
    for lane in 0..<items.count { Invariants.note(workspace.final[0][lane], .double) }
  }

  func predict(_ a: Int, returns: Bool) -> Lane {
    if returns {
      clearObservable()
      engine.observables[a].add(Lane(repeating: 1), to: workspace.observables.0)
    }
    return scale * engine.observables[a].expectation(workspace.final)
  }

  func seed(weights: UnsafeMutableBufferPointer<Lane>) {
    clearObservable()
    for a in weights.indices { engine.observables[a].add(weights[a], to: workspace.observables.0) }
  }

  private func clearObservable() { workspace.observables.0.update(repeating: .zero, count: plan.size) }

  /// Forward states stay as they are.
  func keepState() {}
  func restoreState() {}

  func backward() {
    sweep.backward()
    plan.gradientChain.collect(
      workspace.slotGradients, scale: scale, workspace.variables, into: workspace.gradients)
  }

  // MARK: Loading

  private func prepare(_ items: Schedule.Items) {
    let (p, features) = (plan.space.parameterCount, plan.space.featureCount)
    for f in 0..<features {
      for lane in 0..<Lane.scalarCount {
        workspace.variables[p &+ f][lane] = data.features[items.samples[lane] &* data.featureCount &+ f]
      }
    }
    let isAlike = (0..<Lane.scalarCount).allSatisfy { items.sets[$0] == items.sets[0] }
    if isAlike, workspace.preparedSet == items.sets[0] {
      if features > 0 { sweep.prepare(featuresAlone: true) }
      return
    }
    theta.values.withUnsafeBufferPointer { values in
      for q in 0..<p {
        for lane in 0..<Lane.scalarCount {
          workspace.variables[q][lane] = values[items.sets[lane] &* p &+ q]
        }
      }
    }
    sweep.prepare(featuresAlone: false)
    workspace.preparedSet = isAlike ? items.sets[0] : nil
  }

  private func load(_ items: Schedule.Items) {
    let start = workspace.start
    guard data.stateKind != .none else {
      start.update(repeating: .zero, count: plan.size)
      // |0><0| is (1 + Z)/2 on every qubit.
      for index in 0..<(1 << plan.qubitCount) {
        start[3 &* engine.butterfly.place(0, index)] = Lane(repeating: 1)
      }
      return
    }
    let d = data.dimension
    let (re, im) = (start, workspace.work.0)
    data.states.withUnsafeBufferPointer { states in
      for lane in 0..<Lane.scalarCount {
        let sample = items.samples[lane]
        for row in 0..<d {
          for column in 0..<d {
            let place = engine.butterfly.place(row, column)
            if data.stateKind == .mixed {
              let entry = 2 &* ((sample &* d &+ row) &* d &+ column)
              (re[place][lane], im[place][lane]) = (states[entry], states[entry &+ 1])
            } else {
              let (a, b) = (2 &* (sample &* d &+ row), 2 &* (sample &* d &+ column))
              re[place][lane] = states[a] * states[b] + states[a &+ 1] * states[b &+ 1]
              im[place][lane] = states[a &+ 1] * states[b] - states[a] * states[b &+ 1]
            }
          }
        }
      }
    }
    engine.butterfly.transform(re, im)
  }
}
