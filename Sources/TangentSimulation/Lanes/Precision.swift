/// In which numbers a model simulates its circuit; parameters, data and results are doubles in either.
public enum Precision: Int32, Sendable, CaseIterable {
  case double = 0
  /// Eight samples at a time where double precision takes four. Sines and cosines are computed in double precision;
  /// losses, sums over samples and kernels are doubles. What forward mode computes (Fisher information, dQNTK), and
  /// states that go one at a time, stay in double precision.
  case single = 1
}
