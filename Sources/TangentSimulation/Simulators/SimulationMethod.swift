/// What a model simulates.
public enum SimulationMethod: Int32, Sendable, CaseIterable {
  /// Density matrices where the observables see channels, state vectors elsewhere.
  case automatic = 0
  /// Density matrices in any case: predictions and their first derivatives; all else is of state vectors.
  case density = 1
  /// State vectors in which every channel is one of its operators, chosen with the probability of Born by a number from 0 to 1
  /// that comes with the sample, one for each channel as features behind those of the circuit. A sample is one trajectory, and
  /// the mean over such numbers is what density matrices give, of predictions and of their first derivatives.
  case trajectories = 2
}
