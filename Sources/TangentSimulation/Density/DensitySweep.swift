import CTangentVector
import TangentNumerics

/// One worker's walk through a plan over Pauli expectations: prepare the angles, run forward, run back.
struct DensitySweep {
  let plan: TransferPlan
  let workspace: DensityWorkspace
  private let cancel: CancelToken?

  init(_ plan: TransferPlan, _ workspace: DensityWorkspace, cancel: CancelToken?) {
    self.plan = plan
    self.workspace = workspace
    // Walks through small states and few steps end long before anybody could wait for them.
    self.cancel = plan.size * plan.stepCount >= 1 << 18 ? cancel : nil
  }

  private var isCancelled: Bool { cancel.map(\.isCancelled) ?? false }

  /// Cosines, sines and the matrices of runs for the workspace's variables; with `featuresAlone` of what reads features.
  func prepare(featuresAlone: Bool) {
    for k in 0..<plan.slotCount where !featuresAlone || plan.slots[k].dependsOnFeatures {
      let (sine, cosine) = sineAndCosine(plan.slots[k].angles(workspace.variables))
      workspace.angles[k] = SlotAngle(cosine: cosine, sine: sine)
    }
    for k in 0..<plan.runCount where !featuresAlone || plan.runs[k].dependsOnFeatures {
      plan.runs[k].prepare(
        workspace.angles, into: workspace.matrices + QubitRun.coefficientCount &* plan.runs[k].number)
    }
  }

  /// From the workspace's first state to the end. With `returns` what a sweep back needs is kept.
  func forward(returns: Bool) {
    guard returns else {
      workspace.final = walk(0..<plan.stepCount, workspace.start, keeps: false, last: nil)
      return
    }
    workspace.requireHistory()
    guard plan.stepCount > 0 else { return workspace.final = workspace.start }
    for segment in 0..<plan.segmentCount {
      let isLast = segment == plan.segmentCount - 1
      _ = walk(
        plan.segments[segment]..<plan.segments[segment + 1], workspace.beginning(segment),
        keeps: plan.segmentCount == 1, last: isLast ? workspace.last : workspace.beginning(segment + 1))
    }
    workspace.final = workspace.last
  }

  /// Some steps of a segment; the state behind them.
  private func walk(
    _ steps: Range<Int>, _ start: UnsafeMutablePointer<Lane>, keeps: Bool,
    last: UnsafeMutablePointer<Lane>?
  ) -> UnsafeMutablePointer<Lane> {
    var current = start
    for k in steps {
      if isCancelled { return current }
      let target: UnsafeMutablePointer<Lane>
      if let last, k == steps.upperBound - 1 {
        target = last
      } else if keeps, k + 1 < plan.stepCount, plan.steps[k + 1].place >= 0 {
        target = workspace.kept(plan.steps[k + 1].place)
      } else {
        target = current == workspace.work.0 ? workspace.work.1 : workspace.work.0
      }
      switch plan.steps[k].pass {
      case .runs(let group):
        group.pointee.forward(current, target, workspace.matrices, scratch: workspace.scratch)
      case .rotation(let rotation):
        rotation.pointee.forward(current, target, workspace.angles[rotation.pointee.slot])
      case .map(let map): map.forward(current, target)
      case .matrix(let matrix): matrix.pointee.forward(current, target, scratch: workspace.scratch)
      case .conjugation(let pass): pass.pointee.forward(current, target, scratch: workspace.scratch)
      }
      current = target
    }
    return current
  }

  /// Takes the first of the workspace's observables back to the first step with a derivative, and collects the slots'.
  func backward() {
    for k in 0..<(QubitRun.coefficientCount &* plan.runCount) { workspace.sums[k] = .zero }
    var (own, other) = workspace.observables
    var k = plan.stepCount - 1
    for segment in (0..<plan.segmentCount).reversed() {
      let first = plan.segments[segment]
      guard k >= plan.firstGradientStep else { return }
      if plan.segmentCount > 1 {
        let last = (first...k).last { plan.steps[$0].place >= 0 } ?? first
        _ = walk(first..<last, workspace.beginning(segment), keeps: true, last: nil)
      }
      while k >= max(first, plan.firstGradientStep) {
        if isCancelled { return }
        let step = plan.steps[k]
        let state =
          step.place < 0
          ? nil : k == first ? workspace.beginning(segment) : workspace.kept(step.place)
        if case .map(let map) = step.pass {
          map.backward(own, other)
          (own, other) = (other, own)
        } else {
          pull(own, through: step.pass, before: state)
        }
        k -= 1
      }
    }
  }

  private func pull(
    _ observable: UnsafeMutablePointer<Lane>, through pass: TransferPass,
    before state: UnsafeMutablePointer<Lane>?
  ) {
    switch pass {
    case .runs(let group):
      group.pointee.backward(
        observable, before: state, workspace.matrices, sums: workspace.sums, scratch: workspace.scratch)
      guard state != nil else { return }
      for k in 0..<group.pointee.count where group.pointee.runs[k].wantsGradient {
        let run = group.pointee.runs[k]
        run.differentiate(
          workspace.sums + QubitRun.coefficientCount &* run.number, workspace.angles,
          scratch: workspace.scratch, into: workspace.slotGradients, moving: workspace.moving)
      }
    case .rotation(let rotation):
      let slot = rotation.pointee.slot
      rotation.pointee.backward(
        observable, before: state, workspace.angles[slot], gradient: workspace.slotGradients + slot,
        moving: workspace.moving + slot)
    case .matrix(let matrix): matrix.pointee.backward(observable, scratch: workspace.scratch)
    case .conjugation(let pass): pass.pointee.backward(observable, scratch: workspace.scratch)
    case .map: return
    }
  }
}
