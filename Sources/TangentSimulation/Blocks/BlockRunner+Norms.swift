extension BlockRunner {
  /// Of the states behind a sweep; lanes without a sample hold anything.
  func checkNorms(_ psi: UnsafeMutablePointer<L>, _ items: Schedule.Items, _ block: Int) {
    let norms = ObservableKernel.overlap(psi, psi, amplitudes: engine.plan.amplitudes).wide
    if schedule.kind == .mixed {
      let weights = weights(items, block)
      for lane in 0..<L.scalarCount where weights[lane] != 0 { Invariants.note(norms[lane], L.precision) }
    } else {
      for lane in 0..<items.count { Invariants.note(norms[lane], L.precision) }
    }
  }
}
