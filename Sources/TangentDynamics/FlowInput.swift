import TangentNumerics

/// What both flows take beside the states: labels, times and the rate c of dM/dt = -c sum_j r_j [M, [M, rho_j]].
public struct FlowInput: Sendable {
  public let labels: [Double]
  public let times: [Double]
  public let rate: Double
  public let wantsDQNTK: Bool

  /// - Parameters:
  ///   - times: increasing, >= 0; they need not contain 0.
  ///   - wantsDQNTK: whether the trajectory holds the dQNTK too, m^3 numbers a time.
  /// - Throws: `invalidArgument` for values that are not finite, a rate that is not positive, times out of order.
  public init(
    labels: [Double], times: [Double], rate: Double = 1, wantsDQNTK: Bool = false
  ) throws(TangentError) {
    for (index, label) in labels.enumerated() where !label.isFinite {
      throw .invalid("label \(index) is \(label); it must be finite")
    }
    guard rate > 0, rate.isFinite else {
      throw .invalid("the rate is \(rate); it must be positive and finite")
    }
    for (index, time) in times.enumerated() {
      guard time >= 0, time.isFinite else {
        throw .invalid("time \(index) is \(time); times are finite and >= 0")
      }
      guard index == 0 || time > times[index - 1] else {
        throw .invalid(
          "time \(index) is \(time), not more than \(times[index - 1]) before it; times must increase")
      }
    }
    self.labels = labels
    self.times = times
    self.rate = rate
    self.wantsDQNTK = wantsDQNTK
  }

  func validate(sampleCount: Int) throws(TangentError) {
    guard labels.count == sampleCount else {
      throw .invalid("y has \(labels.count) entries, there are \(sampleCount) samples")
    }
  }
}
