import TangentNumerics

/// One worker's walk through a plan: prepare the angles, run forward, run back.
struct Sweep<L: LaneVector> {
  let plan: Plan
  let workspace: Workspace<L>
  private let cancel: CancelToken?

  init(plan: Plan, workspace: Workspace<L>, cancel: CancelToken?) {
    self.plan = plan
    self.workspace = workspace
    // Walks through small states and few steps end long before anybody could wait for them.
    self.cancel = plan.amplitudes * plan.stepCount >= 1 << 18 ? cancel : nil
  }

  private var isCancelled: Bool { cancel.map(\.isCancelled) ?? false }

  /// Cosines, sines and phase tables of everything that does not depend on features, for one parameter set.
  func prepare(theta: UnsafeBufferPointer<Double>) {
    plan.fillUniform(workspace.angles, variable: { theta[$0] }) { !$0.dependsOnFeatures }
    workspace.cosinesCanWait = cosinesCanWait
    prepareScalarTables()
  }

  private func prepareScalarTables() {
    guard workspace.keepsTables else { return }
    for k in 0..<plan.stepCount {
      if case .diagonal(let pass) = plan.steps[k].pass, !usesLanes(pass) { buildScalars(pass) }
    }
  }

  /// Whether the products of cosines that wait for diagonal passes stay within the range of a number.
  private var cosinesCanWait: Bool {
    guard L.leastDeferredProduct > 0 else { return true }
    for k in 0..<plan.stepCount {
      guard case .diagonal(let pass) = plan.steps[k].pass else { continue }
      let product = pass.pointee.deferredCosines(workspace.angles)
      for lane in 0..<L.scalarCount where abs(product[lane]) < L.leastDeferredProduct { return false }
    }
    return true
  }

  /// The same for what does depend on the features, or, where lanes have parameters of their own, for everything.
  func prepareLanes() {
    func prepare(_ k: Int) {
      workspace.angles[k] = plan.slots[k].value(workspace.variables)
    }
    if workspace.lanesHaveParameters {
      for k in 0..<plan.slotCount { prepare(k) }
    } else {
      for k in 0..<plan.featureSlotCount { prepare(plan.featureSlots[k]) }
    }
    if cosinesCanWait != workspace.cosinesCanWait {
      workspace.cosinesCanWait.toggle()
      prepareScalarTables()
    }
    prepareLaneTables()
  }

  /// All phase tables, or those that depend on features.
  func prepareTables(ofFeaturesAlone: Bool) {
    guard workspace.keepsTables else { return }
    for k in 0..<plan.stepCount {
      guard case .diagonal(let pass) = plan.steps[k].pass,
        pass.pointee.dependsOnFeatures || !ofFeaturesAlone
      else { continue }
      if usesLanes(pass) { buildLanes(pass) } else { buildScalars(pass) }
    }
  }

  /// The phase tables with a number a lane.
  func prepareLaneTables() {
    guard workspace.keepsTables else { return }
    for k in 0..<plan.stepCount {
      if case .diagonal(let pass) = plan.steps[k].pass, usesLanes(pass) { buildLanes(pass) }
    }
  }

  /// The final state of a forward sweep over the first `count` steps; the state to start from is the first one.
  ///
  /// With `history` the states that the derivatives need stay behind, where the workspace has room for them.
  func forward(steps count: Int, history: Bool) -> UnsafeMutablePointer<L> {
    let keeps = history && workspace.keepsHistory
    var psi = workspace.states
    for k in 0..<count {
      if isCancelled { break }
      let step = plan.steps[k]
      let target = keeps ? state(step.target) : psi
      apply(step.pass, psi, target)
      psi = target
    }
    return psi
  }

  /// Un-applies the first `count` steps on lambda; leaves Im <lambda|G|psi> of every slot in `slotGradients`.
  ///
  /// Of the step `last` only the derivatives are taken and the steps before it stay; nil un-applies all.
  func backward(steps count: Int, downTo last: Int?) {
    let gradients = workspace.slotGradients
    for k in 0..<plan.slotCount { gradients[k] = .zero }
    var k = count &- 1
    while k >= last ?? 0 {
      if isCancelled { return }
      let step = plan.steps[k]
      let psi = workspace.keepsHistory ? state(step.state) : workspace.states
      undo(step.pass, psi, isLast: k == last)
      k &-= 1
    }
  }

  /// One step back. Without a history psi, the state after the pass, is un-applied as well.
  private func undo(_ pass: Pass, _ psi: UnsafeMutablePointer<L>, isLast: Bool) {
    let lambda = workspace.lambda
    let angles = workspace.angles
    let scaling = workspace.scaling
    let undoesPsi = !workspace.keepsHistory
    switch pass {
    case .rotations(let pass):
      if pass.pointee.wantsGradient { pass.pointee.overlaps(psi, lambda, into: workspace.slotGradients) }
      if isLast { return }
      if undoesPsi { pass.pointee.apply(psi, psi, angles, scaling, sign: -1) }
      pass.pointee.apply(lambda, lambda, angles, scaling, sign: -1)
    case .dense(let pass):
      if undoesPsi { pass.pointee.apply(psi, psi, inverse: true, scratch: workspace.scratch) }
      pass.pointee.apply(lambda, lambda, inverse: true, scratch: workspace.scratch)
    case .splitDense(let pass):
      if undoesPsi { pass.pointee.apply(lanes: psi, psi, inverse: true, scratch: workspace.scratch) }
      pass.pointee.apply(lanes: lambda, lambda, inverse: true, scratch: workspace.scratch)
    case .permutation(let pass):
      if undoesPsi { pass.pointee.apply(psi, psi, inverse: true) }
      pass.pointee.apply(lambda, lambda, inverse: true)
    case .jump(let pass):
      // A workspace with jumps keeps a history, so psi need not come back.
      pass.pointee.applyAdjoint(lambda, lambda, operators: workspace.jumps)
    case .diagonal(let pass):
      prepareTable(pass)
      if pass.pointee.wantsGradient, pass.pointee.isZString {
        if undoesPsi { apply(pass, psi, psi, inverse: true) }
        pass.pointee.rotateBack(lambda, before: psi, angles, into: workspace.slotGradients)
      } else if pass.pointee.wantsGradient {
        if undoesPsi, pass.pointee.permutation == nil {
          undo(pass, lambda, and: psi)
        } else {
          if undoesPsi { apply(pass, psi, psi, inverse: true) }
          undo(pass, lambda, before: psi)
        }
        pass.pointee.accumulate(w: workspace.w, sums: workspace.sums, into: workspace.slotGradients)
      } else {
        if undoesPsi { apply(pass, psi, psi, inverse: true) }
        apply(pass, lambda, lambda, inverse: true)
      }
    }
  }

  /// One pass, or its inverse (`Workspace.isReversible`), on any state. Source and target may be the same.
  func apply(
    _ pass: Pass, _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>,
    inverse: Bool = false
  ) {
    switch pass {
    case .rotations(let pass):
      pass.pointee.apply(source, target, workspace.angles, workspace.scaling, sign: inverse ? -1 : 1)
    case .dense(let pass): pass.pointee.apply(source, target, inverse: inverse, scratch: workspace.scratch)
    case .splitDense(let pass):
      pass.pointee.apply(lanes: source, target, inverse: inverse, scratch: workspace.scratch)
    case .permutation(let pass): pass.pointee.apply(source, target, inverse: inverse)
    case .jump(let pass):
      if inverse {
        pass.pointee.applyAdjoint(source, target, operators: workspace.jumps)
      } else {
        pass.pointee.choose(source, workspace.variables, into: workspace.jumps)
        pass.pointee.apply(source, target, operators: workspace.jumps)
      }
    case .diagonal(let pass):
      prepareTable(pass)
      apply(pass, source, target, inverse: inverse)
    }
  }

  private func state(_ number: Int) -> UnsafeMutablePointer<L> {
    workspace.states + 2 &* plan.amplitudes &* number
  }

  /// The gradient of every variable from those of the slots: 2 * scale * sum over its angles.
  func collectGradients(scale: Double) {
    plan.gradientChain.collect(
      workspace.slotGradients, scale: 2 * scale, workspace.variables, into: workspace.gradients)
  }

  // MARK: Diagonal passes

  private func usesLanes(_ pass: UnsafePointer<DiagonalPass>) -> Bool {
    pass.pointee.variesByLane || workspace.lanesHaveParameters
  }

  private func scalarTable(_ pass: UnsafePointer<DiagonalPass>) -> UnsafeMutablePointer<Uniform<L>> {
    workspace.keepsTables ? workspace.scalarTables + pass.pointee.tableOffset : workspace.scalarTables
  }

  private func laneTable(_ pass: UnsafePointer<DiagonalPass>) -> UnsafeMutablePointer<L> {
    guard workspace.keepsTables else { return workspace.laneTables }
    return workspace.laneTables
      + (workspace.lanesHaveParameters ? pass.pointee.tableOffset : pass.pointee.laneTableOffset)
  }

  /// Where not all tables are kept, builds the one that is used next.
  private func prepareTable(_ pass: UnsafePointer<DiagonalPass>) {
    if workspace.keepsTables { return }
    if usesLanes(pass) { buildLanes(pass) } else { buildScalars(pass) }
  }

  @inline(never)
  private func buildScalars(_ pass: UnsafePointer<DiagonalPass>) {
    if pass.pointee.isZString { return }
    let scratch = UnsafeMutableRawPointer(workspace.scratch).assumingMemoryBound(to: Uniform<L>.self)
    pass.pointee.build(scalarTable(pass), workspace.angles, workspace.scaling, scratch: scratch)
  }

  @inline(never)
  private func buildLanes(_ pass: UnsafePointer<DiagonalPass>) {
    if pass.pointee.isZString { return }
    pass.pointee.build(laneTable(pass), workspace.angles, workspace.scaling, scratch: workspace.scratch)
  }

  @inline(never)
  private func apply(
    _ pass: UnsafePointer<DiagonalPass>, _ source: UnsafeMutablePointer<L>,
    _ target: UnsafeMutablePointer<L>,
    inverse: Bool
  ) {
    if pass.pointee.isZString {
      pass.pointee.rotate(source, target, workspace.angles, inverse: inverse)
    } else if usesLanes(pass) {
      pass.pointee.apply(source, target, UnsafePointer(laneTable(pass)), inverse: inverse)
    } else {
      pass.pointee.apply(source, target, UnsafePointer(scalarTable(pass)), inverse: inverse)
    }
  }

  @inline(never)
  private func undo(
    _ pass: UnsafePointer<DiagonalPass>, _ lambda: UnsafeMutablePointer<L>,
    and psi: UnsafeMutablePointer<L>
  ) {
    if usesLanes(pass) {
      pass.pointee.undo(
        lambda, and: psi, UnsafePointer(laneTable(pass)), w: workspace.w, sums: workspace.sums)
    } else {
      pass.pointee.undo(
        lambda, and: psi, UnsafePointer(scalarTable(pass)), w: workspace.w, sums: workspace.sums)
    }
  }

  @inline(never)
  private func undo(
    _ pass: UnsafePointer<DiagonalPass>, _ lambda: UnsafeMutablePointer<L>,
    before psi: UnsafeMutablePointer<L>
  ) {
    if usesLanes(pass) {
      pass.pointee.undo(
        lambda, before: psi, UnsafePointer(laneTable(pass)), w: workspace.w, sums: workspace.sums)
    } else {
      pass.pointee.undo(
        lambda, before: psi, UnsafePointer(scalarTable(pass)), w: workspace.w, sums: workspace.sums)
    }
  }
}
