import TangentNumerics

/// The walk of one state through a tiled plan, forward and back.
struct TiledSweep {
  let plan: TiledPlan
  let workspace: TiledWorkspace
  let cancel: CancelToken?

  private var isCancelled: Bool { cancel.map(\.isCancelled) ?? false }

  /// The angles of all stages for the workspace's variables. What depends on no feature is kept from one sample of a
  /// parameter set to the next.
  func prepare(set: Int) {
    let isNewSet = workspace.preparedSet != set
    workspace.preparedSet = set
    workspace.features += 1
    for (number, stage) in plan.stages.enumerated() where isNewSet || stage.dependsOnFeatures {
      if isNewSet { workspace.versions[number] += 1 }
      stage.plan.fillUniform(workspace.angles[number], variable: { workspace.variables[$0][0] }) {
        isNewSet || $0.dependsOnFeatures
      }
    }
  }

  /// psi <- U psi, as far as the first `count` stages.
  func forward(stages count: Int) {
    for number in 0..<count {
      if isCancelled { return }
      let stage = plan.stages[number]
      forEachTile(number) { _, _, tile, sweep in
        let state = load(stage, tile, .before, from: workspace.psi, buffer: sweep.workspace.states)
        sweep.workspace.attach(states: state, lambda: sweep.workspace.lambda)
        _ = sweep.forward(steps: stage.plan.stepCount, history: false)
        store(stage, tile, .after, state, to: workspace.psi)
      }
    }
  }

  /// Un-applies the first `count` stages on psi and lambda as far as derivatives reach; adds
  /// 2 * scale * Im <lambda|G|psi>, summed over each variable's angles, to the first lane of `gradients`.
  func backward(stages count: Int, scale: Double) {
    let lambda = workspace.lambda
    var number = count - 1
    while number >= plan.firstGradientStage {
      if isCancelled { return }
      let stage = plan.stages[number]
      clearSums(stage)
      forEachTile(number) { chunk, _, tile, sweep in
        let tiles = sweep.workspace
        tiles.attach(
          states: load(stage, tile, .after, from: workspace.psi, buffer: tiles.states),
          lambda: load(stage, tile, .after, from: lambda, buffer: tiles.lambda))
        undo(number, tile, chunk, sweep)
        if number > plan.firstGradientStage {
          store(stage, tile, .before, tiles.states, to: workspace.psi)
          store(stage, tile, .before, tiles.lambda, to: lambda)
        }
      }
      collectSums(stage, scale: scale)
      number -= 1
    }
  }

  /// The last stage, forward and, with `returns`, at once back with the only observable, so that the final state never
  /// goes to memory. Writes the expectations of the plan's diagonal observables.
  func turn(returns: Bool, scale: Double, into expectations: UnsafeMutablePointer<Double>) {
    let diagonals = plan.diagonals!
    let (number, count) = (plan.stages.count - 1, diagonals.count)
    let stage = plan.stages[number]
    let size = stage.plan.amplitudes
    if returns { clearSums(stage) }
    let lambda = returns ? workspace.lambda : workspace.psi
    let chunks = chunks(stage)
    workspace.diagonals.withUnsafeMutableBufferPointer { values in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: chunks * count) { sums in
        sums.initialize(repeating: 0)
        forEachTile(number, history: returns && stage.keepsHistory) { chunk, worker, tile, sweep in
          let tiles = sweep.workspace
          let psi = load(stage, tile, .before, from: workspace.psi, buffer: tiles.states)
          let other = stage.isInPlace ? lambda : tiles.lambda
          tiles.attach(states: psi, lambda: other)
          let final = sweep.forward(steps: stage.plan.stepCount, history: returns)
          for a in 0..<count {
            let own = worker * count + a
            let constant = diagonals[a].fill(&values[own], tile)
            let entries = values[own].entries
            let sum =
              returns
              ? TileDiagonal.seed(entries, constant, final, into: other, count: size)
              : TileDiagonal.expectation(entries, constant, final, count: size)
            sums[chunk * count + a] += sum.sum()
          }
          guard returns else { return }
          undo(number, tile, chunk, sweep)
          if number > plan.firstGradientStage {
            // A tile of its own is a copy, so psi from before the stage is still in memory.
            if stage.isInPlace { store(stage, tile, .before, psi, to: workspace.psi) }
            store(stage, tile, .before, other, to: lambda)
          }
        }
        for a in 0..<count {
          expectations[a] = 0
          for chunk in 0..<chunks { expectations[a] += sums[chunk * count + a] }
        }
      }
    }
    if returns { collectSums(stage, scale: scale) }
  }

  /// The pieces that a stage's tiles are summed in.
  private func chunks(_ stage: TiledPlan.Stage) -> Int { min(stage.tiles.count, TiledWorkspace.chunks) }

  /// Un-applies a stage on one tile.
  private func undo(_ number: Int, _ tile: Int, _ chunk: Int, _ sweep: Sweep<Lane>) {
    let stage = plan.stages[number]
    let isLast = number == plan.firstGradientStage
    let tiles = sweep.workspace
    sweep.backward(steps: stage.plan.stepCount, downTo: isLast ? stage.plan.firstGradientStep : nil)
    accumulate(stage, tile, tiles.slotGradients, into: workspace.partial + chunk * stage.plan.slotCount)
  }

  private func clearSums(_ stage: TiledPlan.Stage) {
    workspace.partial.update(repeating: 0, count: chunks(stage) * stage.plan.slotCount)
  }

  private func collectSums(_ stage: TiledPlan.Stage, scale: Double) {
    let slots = stage.plan.slotCount
    for k in 0..<slots where stage.plan.slots[k].wantsGradient {
      var sum = 0.0
      for chunk in 0..<chunks(stage) { sum += workspace.partial[chunk * slots + k] }
      stage.plan.slots[k].chain(
        Lane(2 * scale * sum, 0, 0, 0), workspace.variables, into: workspace.gradients)
    }
  }

  /// Calls `body(chunk, worker, tile, sweep)` for every tile with a worker's sweep, whose angles fit the tile.
  private func forEachTile(
    _ number: Int, history: Bool = false, body: (Int, Int, Int, Sweep<Lane>) -> Void
  ) {
    let stage = plan.stages[number]
    let tiles = stage.tiles.count
    let chunks = chunks(stage)
    let workers = workspace.tiles
    ThreadPool.current.run(tasks: chunks, workers: workers.count, parallel: workers.count > 1) {
      chunk, worker in
      let own = workers[worker]
      let sweep = Sweep<Lane>(plan: stage.plan, workspace: own, cancel: cancel)
      own.enter(tableOffsets: stage.tableOffsets, history: history)
      for place in (chunk * tiles / chunks)..<((chunk + 1) * tiles / chunks) {
        if isCancelled { return }
        let (tile, variant) = stage.tiles[place]
        let state = Workspace<Lane>.AngleState(
          version: workspace.versions[number], features: stage.dependsOnFeatures ? workspace.features : 0,
          variant: variant, scaling: own.scaling)
        set(own.angleChange(to: state, stage: number), of: number, tile, in: own.angles)
        switch own.tableChange(to: state, stage: number) {
        case .nothing: break
        case .features: sweep.prepareTables(ofFeaturesAlone: true)
        case .everything: sweep.prepareTables(ofFeaturesAlone: false)
        }
        body(chunk, worker, tile, sweep)
        own.detach()
      }
    }
  }

  /// The stage's angles as a tile has them, as far as they have changed.
  private func set(
    _ change: Workspace<Lane>.AngleChange, of number: Int, _ tile: Int,
    in target: UnsafeMutablePointer<AngleValue<Lane>>
  ) {
    let stage = plan.stages[number]
    let angles = workspace.angles[number]
    switch change {
    case .nothing: return
    case .features:
      for k in 0..<stage.plan.featureSlotCount {
        target[stage.plan.featureSlots[k]] = angles[stage.plan.featureSlots[k]]
      }
    case .everything: target.update(from: angles, count: stage.plan.slotCount)
    }
    for k in stage.conditioned where change == .everything || stage.plan.slots[k].dependsOnFeatures {
      let factors = stage.shape.factors(stage.plan.conditions[k], tile: tile)
      var angle = angles[k]
      // cos 0 = 1 where the angle vanishes.
      angle.cosine.replace(with: 1, where: factors .== 0)
      angle.sine *= factors
      angle.tangent *= factors
      target[k] = angle
    }
  }

  private func accumulate(
    _ stage: TiledPlan.Stage, _ tile: Int, _ gradients: UnsafePointer<Lane>,
    into sums: UnsafeMutablePointer<Double>
  ) {
    if !stage.laneFactors.isEmpty {
      for k in 0..<stage.plan.slotCount where stage.plan.slots[k].wantsGradient {
        sums[k] += (gradients[k] * stage.laneFactors[k]).sum()
      }
      return
    }
    for k in 0..<stage.plan.slotCount where stage.plan.slots[k].wantsGradient {
      let condition = stage.plan.conditions[k]
      sums[k] +=
        (condition == .none ? gradients[k] : gradients[k] * stage.shape.factors(condition, tile: tile)).sum()
    }
  }

  /// A tile with its lanes as the stage wants them: the state itself where it is the only tile, or a copy.
  private func load(
    _ stage: TiledPlan.Stage, _ tile: Int, _ side: TileShape.Side, from state: UnsafeMutablePointer<Lane>,
    buffer: UnsafeMutablePointer<Lane>
  ) -> UnsafeMutablePointer<Lane> {
    let target = stage.isInPlace ? state : buffer
    if !stage.isInPlace { stage.shape.gather(state, tile, into: target, side) }
    stage.shape.exchangeLanes(target)
    return target
  }

  private func store(
    _ stage: TiledPlan.Stage, _ tile: Int, _ side: TileShape.Side, _ source: UnsafeMutablePointer<Lane>,
    to state: UnsafeMutablePointer<Lane>
  ) {
    stage.shape.exchangeLanes(source)
    if !stage.isInPlace { stage.shape.scatter(source, tile, into: state, side) }
  }
}
