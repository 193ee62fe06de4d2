import TangentCircuits
import TangentNumerics

extension Model {
  /// U |psi_j> for pure input states, (sets, samples, d) in (re, im) pairs; U rho_j U^dagger for mixed ones,
  /// (sets, samples, d, d).
  /// - Throws: on lengths that do not match, `outOfMemory`, `cancelled`.
  public func outputStates(
    _ theta: ParameterSets, _ data: InputData, cancel: CancelToken? = nil
  ) throws(TangentError) -> [Double] {
    try validate(theta, data)
    try requireMemory(
      for: .outputStates, samples: data.sampleCount, sets: theta.setCount, hasStates: true, cancel: cancel)
    let simulator = try engines.engine(for: .outputStates, hasStates: true)
      .simulator(units: theta.setCount * data.sampleCount, stateKind: data.stateKind, cancel: cancel)
    let schedule = Schedule(theta, data, rows: nil, statesPerUnit: simulator.statesPerUnit)
    let d = 1 << circuit.qubitCount
    let size = data.stateKind == .mixed ? 2 * d * d : 2 * d
    var result = [Double](repeating: 0, count: schedule.setCount * schedule.rowCount * size)
    result.withUnsafeMutableBufferPointer { result in
      let target = result.baseAddress!
      run(
        simulator, call(theta, data, schedule, cancel), tasks: schedule.unitCount, sweeps: 1
      ) { runner, unit in
        runner.outputStates(unit, size: size, into: target)
      }
    }
    try cancel?.check()
    return result
  }
}

extension TiledRunner {
  func outputStates(_ unit: Int, size: Int, into target: UnsafeMutablePointer<Double>) {
    let items = schedule.items(unit)
    finalState(items, into: target + items.positions[0] * size)
  }
}

extension BlockRunner {
  func outputStates(_ unit: Int, size: Int, into target: UnsafeMutablePointer<Double>) {
    let items = schedule.items(unit)
    for block in blocks(items) {
      let psi = finalState(items, block: block)
      if schedule.kind == .mixed {
        addOuterProducts(psi, weights(items, block), to: target + items.positions[0] * size)
      } else {
        for lane in 0..<items.count {
          let state = target + items.positions[lane] * size
          engine.labels.forEachImage { i, place in
            state[2 &* place] = Double(psi[2 &* i][lane])
            state[2 &* place &+ 1] = Double(psi[2 &* i &+ 1][lane])
          }
        }
      }
    }
  }

  /// The states behind the whole circuit, which predictions may leave before its last phases.
  func finalState(_ items: Schedule.Items, block: Int) -> UnsafeMutablePointer<L> {
    prepare(items, block: block)
    let psi = sweep.forward(steps: engine.plan.stepCount, history: false)
    if Invariants.areChecked, call.cancel?.isCancelled != true { checkNorms(psi, items, block) }
    return psi
  }

  /// sum over lanes of weight |psi><psi|
  private func addOuterProducts(
    _ psi: UnsafeMutablePointer<L>, _ weights: L.Wide, to rho: UnsafeMutablePointer<Double>
  ) {
    let d = engine.plan.amplitudes
    engine.labels.forEachImage { i, row in
      let (ar, ai) = (psi[2 * i].wide * weights, psi[2 * i + 1].wide * weights)
      engine.labels.forEachImage { j, column in
        let (br, bi) = (psi[2 * j].wide, psi[2 * j + 1].wide)
        rho[2 * (row * d + column)] += (ar * br + ai * bi).sum()
        rho[2 * (row * d + column) + 1] += (ai * br - ar * bi).sum()
      }
    }
  }
}
