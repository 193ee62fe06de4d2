import TangentNumerics

/// The walk of one state through a tiled plan, forward and back.
struct TiledSweep {
  let plan: TiledPlan
  let workspace: TiledWorkspace
  let cancel: CancelToken?

  private var isCancelled: Bool { cancel.map(\.isCancelled) ?? false }

  /// The angles of all stages for one parameter vector and one feature vector. What depends on no feature is kept from
  /// one sample to the next.
  func prepare(set: Int, theta: UnsafePointer<Double>?, features: UnsafePointer<Double>?) {
    let isNewSet = workspace.preparedSet != set
    workspace.preparedSet = set
    for (number, stage) in plan.stages.enumerated() where isNewSet || stage.dependsOnFeatures {
      workspace.versions[number] += 1
      stage.plan.fillUniform(workspace.angles[number], theta: theta, features: features) { _ in true }
    }
  }

  /// psi <- U psi
  func forward() {
    for number in plan.stages.indices {
      if isCancelled { return }
      let stage = plan.stages[number]
      forEachTile(number) { _, tile, sweep in
        let state = load(stage, tile, from: workspace.psi, buffer: sweep.workspace.states)
        sweep.workspace.attach(states: state, lambda: sweep.workspace.lambda)
        _ = sweep.forward(steps: stage.plan.stepCount, history: false)
        store(stage, tile, state, to: workspace.psi)
      }
    }
  }

  /// Un-applies the circuit on psi and lambda as far as derivatives reach; leaves 2 * scale * Im <lambda|G|psi>, summed
  /// over each parameter's angles, in the first lane of `parameterGradients`.
  func backward(scale: Double, features: UnsafePointer<Lane>) {
    let gradients = workspace.parameterGradients
    for p in 0..<plan.parameterCount { gradients[p] = .zero }
    var number = plan.stages.count - 1
    let lambda = workspace.lambda
    while number >= plan.firstGradientStage {
      if isCancelled { return }
      let stage = plan.stages[number]
      let isFirst = number == plan.firstGradientStage
      let slots = stage.plan.slotCount
      workspace.partial.update(repeating: 0, count: TiledWorkspace.chunks * slots)
      forEachTile(number) { chunk, tile, sweep in
        let tiles = sweep.workspace
        let psi = load(stage, tile, from: workspace.psi, buffer: tiles.states)
        let other = load(stage, tile, from: lambda, buffer: tiles.lambda)
        tiles.attach(states: psi, lambda: other)
        sweep.backward(steps: stage.plan.stepCount, downTo: isFirst ? stage.plan.firstGradientStep : nil)
        if !isFirst {
          store(stage, tile, psi, to: workspace.psi)
          store(stage, tile, other, to: lambda)
        }
        accumulate(stage, tile, tiles.slotGradients, into: workspace.partial + chunk * slots)
      }
      for k in 0..<slots where stage.plan.slots[k].dependsOnParameters {
        var sum = 0.0
        for chunk in 0..<TiledWorkspace.chunks { sum += workspace.partial[chunk * slots + k] }
        stage.plan.slots[k].chain(
          Lane(2 * scale * sum, 0, 0, 0), features: features, into: gradients)
      }
      number -= 1
    }
  }

  /// Calls `body(chunk, tile, sweep)` for every tile with a worker's sweep, whose angles fit the tile.
  private func forEachTile(_ number: Int, body: (Int, Int, Sweep) -> Void) {
    let stage = plan.stages[number]
    let angles = workspace.angles[number]
    let tiles = stage.shape.tileCount
    let chunks = min(tiles, TiledWorkspace.chunks)
    let workers = workspace.tiles
    ThreadPool.shared.run(tasks: chunks, workers: workers.count, parallel: workers.count > 1) {
      chunk, worker in
      let own = workers[worker]
      let sweep = Sweep(plan: stage.plan, workspace: own, cancel: nil)
      own.angles.update(from: angles, count: stage.plan.slotCount)
      own.useTables(of: stage)
      for place in (chunk * tiles / chunks)..<((chunk + 1) * tiles / chunks) {
        if isCancelled { return }
        let (tile, variant) = stage.tiles[place]
        setConditionedAngles(stage, tile, from: angles, to: own.angles)
        if own.needsTables(.init(version: workspace.versions[number], variant: variant), stage: number) {
          sweep.prepareLaneTables()
        }
        body(chunk, tile, sweep)
        own.detach()
      }
    }
  }

  private func setConditionedAngles(
    _ stage: TiledPlan.Stage, _ tile: Int, from angles: UnsafePointer<AngleValue>,
    to target: UnsafeMutablePointer<AngleValue>
  ) {
    for k in stage.conditioned {
      let factors = factors(stage, tile, k)
      var angle = angles[k]
      // cos 0 = 1 where the angle vanishes.
      angle.cosine.replace(with: 1, where: factors .== 0)
      angle.sine *= factors
      angle.tangent *= factors
      target[k] = angle
    }
  }

  private func factors(_ stage: TiledPlan.Stage, _ tile: Int, _ slot: Int) -> Lane {
    let condition = stage.plan.conditions[slot]
    var result = Lane.zero
    for lane in 0..<Lane.scalarCount {
      result[lane] = condition.factor(stage.shape.outside(tile: tile, lane: lane))
    }
    return result
  }

  private func accumulate(
    _ stage: TiledPlan.Stage, _ tile: Int, _ gradients: UnsafePointer<Lane>,
    into sums: UnsafeMutablePointer<Double>
  ) {
    for k in 0..<stage.plan.slotCount where stage.plan.slots[k].dependsOnParameters {
      let isConditioned = stage.plan.conditions[k] != .none
      sums[k] += (isConditioned ? gradients[k] * factors(stage, tile, k) : gradients[k]).sum()
    }
  }

  /// A tile with its lanes as the stage wants them: the state itself where it is the only tile, or a copy.
  private func load(
    _ stage: TiledPlan.Stage, _ tile: Int, from state: UnsafeMutablePointer<Lane>,
    buffer: UnsafeMutablePointer<Lane>
  ) -> UnsafeMutablePointer<Lane> {
    let target = stage.shape.isWholeState ? state : buffer
    if !stage.shape.isWholeState { stage.shape.gather(state, tile, into: target) }
    stage.shape.exchangeLanes(target)
    return target
  }

  private func store(
    _ stage: TiledPlan.Stage, _ tile: Int, _ source: UnsafeMutablePointer<Lane>,
    to state: UnsafeMutablePointer<Lane>
  ) {
    stage.shape.exchangeLanes(source)
    if !stage.shape.isWholeState { stage.shape.scatter(source, tile, into: state) }
  }
}
