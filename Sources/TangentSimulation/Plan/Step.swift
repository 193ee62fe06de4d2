/// A pass with its places in the history of forward states, for sweeps that keep one.
struct Step: BitwiseCopyable {
  let pass: Pass
  /// The history's state that the pass reads, and the one it writes (the same where nothing needs the old one).
  let source: Int
  let target: Int
  /// The state that the pass's derivatives need: after a run of rotations, before a diagonal pass.
  let state: Int

  /// Places for all passes: a state is kept where a derivative needs it, and overwritten otherwise.
  static func sequence(_ passes: [Pass]) -> [Step] {
    var current = 0
    var isNeeded = false
    return passes.map { pass in
      let source = current
      if case .diagonal = pass, pass.wantsGradient { isNeeded = true }
      if isNeeded { current += 1 }
      isNeeded = false
      if case .rotations = pass, pass.wantsGradient { isNeeded = true }
      if case .diagonal = pass {
        return Step(pass: pass, source: source, target: current, state: source)
      }
      return Step(pass: pass, source: source, target: current, state: current)
    }
  }
}
