/// What a model simulates.
public enum SimulationMethod: Int32, Sendable, CaseIterable {
  /// Density matrices where the observables see channels, state vectors elsewhere.
  case automatic = 0
  /// Density matrices in any case: predictions and their first derivatives; all else is of state vectors.
  case density = 1
}
