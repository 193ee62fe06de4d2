import TangentNumerics

/// One worker's walk through a plan: prepare the angles, run forward, run back.
struct Sweep {
  let plan: Plan
  let workspace: Workspace
  private let cancel: CancelToken?

  init(plan: Plan, workspace: Workspace, cancel: CancelToken?) {
    self.plan = plan
    self.workspace = workspace
    // Small states finish long before anybody could wait for them.
    self.cancel = plan.amplitudes >= 1 << 14 ? cancel : nil
  }

  private var isCancelled: Bool { cancel.map(\.isCancelled) ?? false }

  /// Cosines, sines and phase tables of everything that does not depend on features, for one parameter set.
  func prepare(theta: UnsafePointer<Double>) {
    for k in 0..<plan.slotCount where !plan.slots[k].dependsOnFeatures {
      plan.slots[k].fillUniform(workspace.coefficients + 2 &* k, theta: theta)
    }
    guard workspace.keepsTables else { return }
    for k in 0..<plan.passCount {
      if case .diagonal(let pass) = plan.passes[k], !pass.dependsOnFeatures { buildScalars(pass) }
    }
  }

  /// The same for what does depend on the features, or, where lanes have parameters of their own, for everything.
  func prepareLanes() {
    let all = workspace.lanesHaveParameters
    for k in 0..<plan.slotCount where all || plan.slots[k].dependsOnFeatures {
      plan.slots[k].fillLanes(
        workspace.coefficients + 2 &* k, theta: workspace.theta, features: workspace.features)
    }
    guard workspace.keepsTables else { return }
    for k in 0..<plan.passCount {
      if case .diagonal(let pass) = plan.passes[k], usesLanes(pass) { buildLanes(pass) }
    }
  }

  /// psi <- U psi over the first `count` passes.
  func forward(passes count: Int) {
    let psi = workspace.psi
    let coefficients = workspace.coefficients
    for k in 0..<count {
      if isCancelled { return }
      switch plan.passes[k] {
      case .rotation(let pass):
        pass.forward(psi, coefficients[2 &* pass.slot], coefficients[2 &* pass.slot &+ 1])
      case .dense(let pass): pass.forward(psi, scratch: workspace.scratch)
      case .swap(let pass): pass.apply(psi)
      case .diagonal(let pass): forward(pass, psi)
      }
    }
  }

  /// Un-applies the first `count` passes on psi and lambda; leaves 2 Im <lambda|G|psi> of every slot in `slotGradients`.
  func backward(passes count: Int) {
    let (psi, lambda) = (workspace.psi, workspace.lambda)
    let coefficients = workspace.coefficients
    let gradients = workspace.slotGradients
    for k in 0..<plan.slotCount { gradients[k] = .zero }
    var k = count &- 1
    while k >= 0 {
      if isCancelled { return }
      switch plan.passes[k] {
      case .rotation(let pass):
        gradients[pass.slot] = pass.adjoint(
          psi, lambda, coefficients[2 &* pass.slot], coefficients[2 &* pass.slot &+ 1])
      case .dense(let pass): pass.adjoint(psi, lambda, scratch: workspace.scratch)
      case .swap(let pass):
        pass.apply(psi)
        pass.apply(lambda)
      case .diagonal(let pass): backward(pass, psi, lambda)
      }
      k &-= 1
    }
  }

  /// The gradient of every parameter from those of the slots: 2 * scale * sum over its angles.
  func collectParameterGradients(scale: Double) {
    let parameters = workspace.parameterGradients
    for p in 0..<plan.parameterCount { parameters[p] = .zero }
    for k in 0..<plan.slotCount where plan.slots[k].dependsOnParameters {
      plan.slots[k].chain(
        workspace.slotGradients[k] * (2 * scale), features: workspace.features, into: parameters)
    }
  }

  // MARK: Diagonal passes

  private func usesLanes(_ pass: DiagonalPass) -> Bool { pass.dependsOnFeatures || workspace.lanesHaveParameters }

  private func scalarTable(_ pass: DiagonalPass) -> UnsafeMutablePointer<Double> {
    workspace.keepsTables ? workspace.scalarTables + pass.tableOffset : workspace.scalarTables
  }

  private func laneTable(_ pass: DiagonalPass) -> UnsafeMutablePointer<Lane> {
    guard workspace.keepsTables else { return workspace.laneTables }
    return workspace.laneTables + (workspace.lanesHaveParameters ? pass.tableOffset : pass.featureTableOffset)
  }

  @inline(never)
  private func buildScalars(_ pass: DiagonalPass) {
    let scratch = UnsafeMutableRawPointer(workspace.scratch).assumingMemoryBound(to: Double.self)
    pass.build(scalarTable(pass), coefficients: workspace.coefficients, scratch: scratch)
  }

  @inline(never)
  private func buildLanes(_ pass: DiagonalPass) {
    pass.build(laneTable(pass), coefficients: workspace.coefficients, scratch: workspace.scratch)
  }

  @inline(never)
  private func forward(_ pass: DiagonalPass, _ psi: UnsafeMutablePointer<Lane>) {
    if usesLanes(pass) {
      if !workspace.keepsTables { buildLanes(pass) }
      pass.forward(psi, UnsafePointer(laneTable(pass)))
    } else {
      if !workspace.keepsTables { buildScalars(pass) }
      pass.forward(psi, UnsafePointer(scalarTable(pass)))
    }
  }

  @inline(never)
  private func backward(
    _ pass: DiagonalPass, _ psi: UnsafeMutablePointer<Lane>, _ lambda: UnsafeMutablePointer<Lane>
  ) {
    if usesLanes(pass) {
      if !workspace.keepsTables { buildLanes(pass) }
      pass.adjoint(psi, lambda, UnsafePointer(laneTable(pass)), w: workspace.w)
    } else {
      if !workspace.keepsTables { buildScalars(pass) }
      pass.adjoint(psi, lambda, UnsafePointer(scalarTable(pass)), w: workspace.w)
    }
    if pass.wantsGradient {
      pass.accumulate(w: workspace.w, sums: workspace.sums, into: workspace.slotGradients)
    }
  }
}
