import TangentNumerics

extension WorkspaceLayout {
  /// Room for one tile of any of these stages and its phase tables, and the history of the last one.
  init(stages: [TiledPlan.Stage], caps: Caps) {
    let plans = stages.map(\.plan)
    let isWhole = stages.allSatisfy(\.isInPlace)
    self.init(
      plans, state: isWhole ? 0 : plans.map { 2 * $0.amplitudes }.max() ?? 0,
      history: stages.last.map { $0.keepsHistory ? $0.plan.historyCount : 1 } ?? 1, keepsHistory: false,
      scratch: plans.map(\.denseScratch).max() ?? 0, lanesHaveParameters: false, caps)
  }
}
