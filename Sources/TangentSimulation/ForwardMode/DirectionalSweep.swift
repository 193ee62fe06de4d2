import TangentNumerics

/// The derivatives of an adjoint gradient along some directions v, for one unit: forward mode over the backward sweep.
///
/// With z = sum_a w_a <psi|O_a|psi> and the derivative 2 Im <lambda|G_k|psi> by the angle of slot k, both states taken to
/// its place, the derivative along v is 2 Im(<d lambda|G_k|psi> + <lambda|G_k|d psi>). d psi starts from 0 and gains
/// -i r_k G_k psi at every slot, r_k the rate of its angle along v. At the end lambda is sum_a w_a O_a psi and d lambda
/// sum_a (w_a O_a d psi + dw_a O_a psi); on the way back d lambda gains i r_k G_k lambda, and d psi loses what it gained.
/// An angle with products of two variables has a derivative that changes along v itself; `products` adds that.
final class DirectionalSweep {
  /// Directions that share psi and lambda.
  static let maximumCount = 4

  private let runner: BlockRunner<Lane>
  private let directions: Directions
  /// Which of the directions.
  private let numbers: Range<Int>
  private let cancel: CancelToken?
  private let memory: LaneMemory
  /// How many generators the sweep meets; observables that are diagonal leave out the last pass.
  private let generatorCount: Int
  /// The first step that moves d psi along every direction.
  private var firstSteps = SIMD4<Int>(repeating: .max)

  init(
    runner: BlockRunner<Lane>, directions: Directions, numbers: Range<Int>, cancel: CancelToken?
  ) {
    self.runner = runner
    self.directions = directions
    self.numbers = numbers
    self.cancel = cancel
    memory = LaneMemory(
      count: DirectionalSweep.lanes(
        runner.engine.plan, outputs: runner.outputCount, directions: numbers.count))
    let (plan, stepCount) = (runner.engine.plan, runner.engine.stepCount)
    generatorCount = (0..<plan.generatorCount).count { plan.generators[$0].step < stepCount }
    runner.workspace.isReversible = true
  }

  /// How many sweeps share so many directions.
  static func parts(_ directions: Int) -> Int { (directions + maximumCount - 1) / maximumCount }

  /// The directions of a sweep.
  static func numbers(_ part: Int, of directions: Int) -> Range<Int> {
    (part * maximumCount)..<min((part + 1) * maximumCount, directions)
  }

  /// About how many walks through the circuit these directions take, for estimates.
  static func walks(directions: Int, outputs: Int) -> Int {
    (2 + 4 * outputs) * (parts(directions) + directions)
  }

  /// What a sweep holds.
  static func lanes(_ plan: Plan, outputs: Int, directions: Int) -> Int {
    let state = 2 * plan.amplitudes
    let saved = outputs > 1 ? (1 + directions) * state : 0
    return saved + directions * (2 * state + 2 * plan.slotCount + 2 * plan.space.gradientCount)
      + plan.slotCount
  }

  private var plan: Plan { runner.engine.plan }
  private var count: Int { numbers.count }
  private var size: Int { 2 * plan.amplitudes }
  private var psi: UnsafeMutablePointer<Lane> { runner.workspace.states }
  private var lambda: UnsafeMutablePointer<Lane> { runner.workspace.lambda }

  private func dPsi(_ v: Int) -> UnsafeMutablePointer<Lane> { memory.pointer + v * size }
  private func dLambda(_ v: Int) -> UnsafeMutablePointer<Lane> { memory.pointer + (count + v) * size }
  /// The rate of every slot's angle.
  private func rates(_ v: Int) -> UnsafeMutablePointer<Lane> {
    memory.pointer + 2 * count * size + v * plan.slotCount
  }
  /// The rate of every slot's derivative.
  private func slotProducts(_ v: Int) -> UnsafeMutablePointer<Lane> {
    rates(count) + v * plan.slotCount
  }
  /// The directions themselves.
  private func direction(_ v: Int) -> UnsafeMutablePointer<Lane> {
    slotProducts(count) + v * plan.space.gradientCount
  }
  /// The change of the gradient along direction `v`, one lane a pair, for every variable that it is taken for.
  func products(_ v: Int) -> UnsafeMutablePointer<Lane> {
    direction(count) + v * plan.space.gradientCount
  }
  /// One of two sums of derivatives.
  private var slotSums: UnsafeMutablePointer<Lane> { products(count) }
  private var saved: UnsafeMutablePointer<Lane> { slotSums + plan.slotCount }

  // MARK: Forward

  /// Loads a block of a unit and takes psi and d psi through the circuit.
  func forward(_ items: Schedule.Items, block: Int) {
    runner.prepare(items, block: block)
    for v in 0..<count {
      directions.load(numbers.lowerBound + v, items, plan.space, into: direction(v))
      let (rates, direction) = (rates(v), direction(v))
      for k in 0..<plan.slotCount {
        rates[k] = plan.slots[k].rate(along: direction, runner.workspace.variables)
      }
      dPsi(v).update(repeating: .zero, count: size)
    }
    findFirstSteps()
    var g = 0
    for step in 0..<runner.engine.stepCount {
      if isCancelled { return }
      let start = g
      while g < generatorCount, plan.generators[g].step == step { g += 1 }
      for v in 0..<count { turn(v, start..<g, sign: 1, psi, dPsi(v)) }
      apply(step, psi, inverse: false)
      for v in 0..<count where firstSteps[v] <= step { apply(step, dPsi(v), inverse: false) }
    }
    if Invariants.areChecked { runner.checkNorms(psi, items, block) }
  }

  private func findFirstSteps() {
    firstSteps = SIMD4(repeating: .max)
    for k in (0..<generatorCount).reversed() {
      for v in 0..<count where rates(v)[plan.generators[k].slot] != .zero {
        firstSteps[v] = plan.generators[k].step
      }
    }
  }

  /// The prediction of output a and its derivatives along all directions, (count).
  func predict(_ a: Int, derivatives: UnsafeMutablePointer<Lane>) -> Lane {
    measure(a, psi, into: lambda, weight: Lane(repeating: runner.scale), adding: false)
    for v in 0..<count {
      derivatives[v] = 2 * ObservableKernel.overlap(dPsi(v), lambda, amplitudes: plan.amplitudes)
    }
    return ObservableKernel.overlap(psi, lambda, amplitudes: plan.amplitudes)
  }

  /// Keeps the final states for another backward sweep, and brings them back.
  func keepStates() {
    saved.update(from: psi, count: size)
    for v in 0..<count { (saved + (1 + v) * size).update(from: dPsi(v), count: size) }
  }

  func restoreStates() {
    psi.update(from: saved, count: size)
    for v in 0..<count { dPsi(v).update(from: saved + (1 + v) * size, count: size) }
  }

  // MARK: Back

  /// Begins with output a alone.
  func seed(output a: Int) {
    let one = Lane(repeating: 1)
    measure(a, psi, into: lambda, weight: one, adding: false)
    for v in 0..<count { measure(a, dPsi(v), into: dLambda(v), weight: one, adding: false) }
  }

  /// Begins with a weighted sum of the outputs.
  /// - Parameters:
  ///   - weights: (outputs)
  ///   - rates: of the weights along every direction, (outputs, count); nil where they stay.
  func seed(weights: UnsafePointer<Lane>, rates: UnsafePointer<Lane>?) {
    for a in 0..<runner.outputCount {
      measure(a, psi, into: lambda, weight: weights[a], adding: a > 0)
      for v in 0..<count {
        measure(a, dPsi(v), into: dLambda(v), weight: weights[a], adding: a > 0)
        if let rates { measure(a, psi, into: dLambda(v), weight: rates[a * count + v], adding: true) }
      }
    }
  }

  /// Takes all states back and leaves the gradient's changes in `products`; psi and d psi are used up.
  func backward() {
    for v in 0..<count { slotProducts(v).update(repeating: .zero, count: plan.slotCount) }
    runner.workspace.slotGradients.update(repeating: .zero, count: plan.slotCount)
    var g = generatorCount
    var step = runner.engine.stepCount
    while g > 0 {
      if isCancelled { return }
      step -= 1
      apply(step, psi, inverse: true)
      apply(step, lambda, inverse: true)
      for v in 0..<count {
        if firstSteps[v] <= step { apply(step, dPsi(v), inverse: true) }
        apply(step, dLambda(v), inverse: true)
      }
      let end = g
      while g > 0, plan.generators[g - 1].step == step { g -= 1 }
      guard g < end else { continue }
      collect(g..<end)
      for v in 0..<count { turn(v, g..<end, sign: -1, psi, dPsi(v), lambda, dLambda(v)) }
    }
    for v in 0..<count {
      plan.gradientChain.collect(
        slotProducts(v), scale: 2 * runner.scale, runner.workspace.variables, into: products(v))
      plan.gradientChain.addRates(
        runner.workspace.slotGradients, scale: 2 * runner.scale, along: direction(v), to: products(v))
    }
  }

  /// Adds sign * (-i) sum r G state to the state's derivative along v, over the generators of one step; likewise for a
  /// second state.
  private func turn(
    _ v: Int, _ generators: Range<Int>, sign: Double, _ state: UnsafeMutablePointer<Lane>,
    _ derivative: UnsafeMutablePointer<Lane>, _ second: UnsafeMutablePointer<Lane>? = nil,
    _ secondDerivative: UnsafeMutablePointer<Lane>? = nil
  ) {
    if isCancelled { return }
    let rates = rates(v)
    var moving = 0
    for k in generators where rates[plan.generators[k].slot] != .zero { moving += 1 }
    if moving == 0 { return }
    // The generators of a pass go together, unless one moves alone as along a unit vector.
    let pass = plan.steps[plan.generators[generators.lowerBound].step].pass
    if moving > 1, case .rotations(let pass) = pass {
      pass.pointee.insert(state, rates, sign: sign, into: derivative)
      if let second, let secondDerivative {
        pass.pointee.insert(second, rates, sign: sign, into: secondDerivative)
      }
    } else if moving > 1, case .diagonal(let pass) = pass {
      pass.pointee.sum(rates, into: runner.workspace.w)
      pass.pointee.insert(state, runner.workspace.w, sign: sign, into: derivative)
      if let second, let secondDerivative {
        pass.pointee.insert(second, runner.workspace.w, sign: sign, into: secondDerivative)
      }
    } else {
      for k in generators where rates[plan.generators[k].slot] != .zero {
        let generator = plan.generators[k]
        let rate = sign * rates[generator.slot]
        generator.insert(state, rate, into: derivative, amplitudes: plan.amplitudes)
        if let second, let secondDerivative {
          generator.insert(second, rate, into: secondDerivative, amplitudes: plan.amplitudes)
        }
      }
    }
  }

  /// The derivatives of one step's slots, and where angles have products their first-order ones.
  private func collect(_ generators: Range<Int>) {
    let workspace = runner.workspace
    let step = plan.generators[generators.lowerBound].step
    switch plan.steps[step].pass {
    case .rotations(let pass):
      if plan.gradientChain.hasProducts { pass.pointee.overlaps(psi, lambda, into: workspace.slotGradients) }
      for v in 0..<count {
        if isCancelled { return }
        pass.pointee.overlaps(psi, dLambda(v), into: slotProducts(v))
        guard firstSteps[v] <= step else { continue }
        pass.pointee.overlaps(dPsi(v), lambda, into: slotSums)
        for k in generators {
          let slot = plan.generators[k].slot
          slotProducts(v)[slot] += slotSums[slot]
        }
      }
    case .diagonal(let pass):
      let (w, sums) = (workspace.w, workspace.sums)
      if plan.gradientChain.hasProducts {
        pass.pointee.overlaps(psi, lambda, w: w, sums: sums, into: workspace.slotGradients)
      }
      for v in 0..<count {
        if isCancelled { return }
        if firstSteps[v] <= step {
          pass.pointee.overlaps(
            psi, dLambda(v), plus: dPsi(v), lambda, w: w, sums: sums, into: slotProducts(v))
        } else {
          pass.pointee.overlaps(psi, dLambda(v), w: w, sums: sums, into: slotProducts(v))
        }
      }
    case .dense, .splitDense, .permutation, .jump: break
    }
  }

  /// Asked before every walk through a state: of large ones a step of all directions takes a good part of a second.
  private var isCancelled: Bool { cancel.map(\.isCancelled) ?? false }

  private func apply(_ step: Int, _ state: UnsafeMutablePointer<Lane>, inverse: Bool) {
    if isCancelled { return }
    runner.sweep.apply(plan.steps[step].pass, state, state, inverse: inverse)
  }

  private func measure(
    _ a: Int, _ state: UnsafeMutablePointer<Lane>, into target: UnsafeMutablePointer<Lane>, weight: Lane,
    adding: Bool
  ) {
    runner.engine.observables[a].apply(
      to: state, weight: weight, adding: adding, into: target, scratch: runner.workspace.scratch)
  }
}

extension AngleSlot {
  /// The derivative of the angle along a direction, lane by lane.
  @inline(__always)
  func rate(along direction: UnsafePointer<Lane>, _ variables: UnsafePointer<Lane>) -> Lane {
    var sum = Lane.zero
    for k in 0..<partialCount {
      var value = direction[partials[k].variable] * partials[k].coefficient
      if partials[k].factor >= 0 { value *= variables[partials[k].factor] }
      sum += value
    }
    return sum
  }
}
