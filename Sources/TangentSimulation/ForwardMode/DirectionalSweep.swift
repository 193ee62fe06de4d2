import TangentNumerics

/// The derivative of an adjoint gradient along some directions v: the products (d_k d_l yhat) v_l of one unit.
///
/// With z = <psi|O|psi> and d_k z = 2 Im <lambda|G_k|psi>, both states taken to the place of gate k, the derivative
/// along v is 2 Im(<d lambda|G_k|psi> + <lambda|G_k|d psi>). d psi starts from 0 and gains -i v_k G_k psi at every
/// gate; on the way back d lambda starts from O d psi and gains +i v_k G_k lambda, and d psi loses what it gained.
/// Angles are affine in the parameters, so that nothing else contributes.
struct DirectionalSweep {
  /// Directions that share psi and lambda.
  static let maximumCount = 4

  private let runner: UnitRunner<Lane>
  private let directions: UnsafePointer<Double>
  private let count: Int
  private let cancel: CancelToken?
  private let memory: LaneMemory

  /// - Parameter directions: (count, variables of a gradient).
  init(runner: UnitRunner<Lane>, directions: UnsafePointer<Double>, count: Int, cancel: CancelToken?) {
    self.runner = runner
    self.directions = directions
    self.count = count
    self.cancel = cancel
    memory = LaneMemory(count: DirectionalSweep.lanes(runner.engine.plan, directions: count))
  }

  static func lanes(_ plan: Plan, directions: Int) -> Int {
    directions * (4 * plan.amplitudes + plan.space.gradientCount)
  }

  /// The Hessian times direction `number`, one lane a sample, for every variable.
  func products(_ number: Int) -> UnsafeMutablePointer<Lane> {
    memory.pointer + 2 * count * size + number * plan.space.gradientCount
  }

  private var plan: Plan { runner.engine.plan }
  private var size: Int { 2 * plan.amplitudes }
  private func dPsi(_ v: Int) -> UnsafeMutablePointer<Lane> { memory.pointer + v * size }
  private func dLambda(_ v: Int) -> UnsafeMutablePointer<Lane> { memory.pointer + (count + v) * size }

  /// From the state and the angles that the runner has prepared.
  func run() {
    let (psi, lambda) = (runner.workspace.states, runner.workspace.lambda)
    memory.pointer.update(repeating: .zero, count: memory.count)
    let stepCount = runner.engine.stepCount
    var g = 0
    for step in 0..<stepCount {
      if let cancel, cancel.isCancelled { return }
      while g < plan.generatorCount, plan.generators[g].step == step {
        turn(plan.generators[g], psi, dPsi, sign: 1)
        g += 1
      }
      apply(step, psi, inverse: false)
      for v in 0..<count { apply(step, dPsi(v), inverse: false) }
    }
    measure(psi, lambda)
    for v in 0..<count { measure(dPsi(v), dLambda(v)) }
    guard g > 0 else { return }
    for step in (plan.generators[0].step..<stepCount).reversed() {
      if let cancel, cancel.isCancelled { return }
      apply(step, psi, inverse: true)
      apply(step, lambda, inverse: true)
      for v in 0..<count {
        apply(step, dPsi(v), inverse: true)
        apply(step, dLambda(v), inverse: true)
      }
      let end = g
      while g > 0, plan.generators[g - 1].step == step { g -= 1 }
      for generator in g..<end { collect(plan.generators[generator], psi, lambda) }
      for generator in g..<end {
        turn(plan.generators[generator], psi, dPsi, sign: -1)
        turn(plan.generators[generator], lambda, dLambda, sign: -1)
      }
    }
  }

  /// Adds sign * (-i) v G state to the derivative along every v.
  private func turn(
    _ generator: SlotGenerator, _ state: UnsafeMutablePointer<Lane>,
    _ derivative: (Int) -> UnsafeMutablePointer<Lane>, sign: Double
  ) {
    let slot = plan.slots[generator.slot]
    for v in 0..<count {
      let rate = slot.derivative(
        along: directions + v * plan.space.gradientCount, runner.workspace.variables)
      generator.insert(state, sign * rate, into: derivative(v), amplitudes: plan.amplitudes)
    }
  }

  private func collect(
    _ generator: SlotGenerator, _ psi: UnsafeMutablePointer<Lane>, _ lambda: UnsafeMutablePointer<Lane>
  ) {
    for v in 0..<count {
      let overlap =
        generator.overlap(dLambda(v), psi, amplitudes: plan.amplitudes)
        + generator.overlap(lambda, dPsi(v), amplitudes: plan.amplitudes)
      plan.slots[generator.slot].chain(
        overlap * (2 * runner.scale), runner.workspace.variables, into: products(v))
    }
  }

  private func apply(_ step: Int, _ state: UnsafeMutablePointer<Lane>, inverse: Bool) {
    runner.sweep.apply(plan.steps[step].pass, state, state, inverse: inverse)
  }

  private func measure(_ state: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>) {
    runner.engine.observables[0].apply(
      to: state, weight: Lane(repeating: 1), adding: false, into: target, scratch: runner.workspace.scratch)
  }
}
