import TangentNumerics

/// How the learning rate falls: a factor of the rule's own rate, 1 at most. It depends on the step alone, so that a run
/// that goes on from a file takes the rates of one that never stopped.
public struct LearningRateSchedule: Sendable, Equatable {
  public enum Decay: UInt8, Sendable {
    /// final + (1 - final) (1 + cos(pi t / steps)) / 2 up to t = steps, then final.
    case cosine = 1
    /// factor^(t / steps).
    case exponential = 2
    /// factor^k, k whole times that `steps` fits into t.
    case stairs = 3
  }

  public let decay: Decay
  public let steps: Int
  /// The final share of a cosine, the factor of the others.
  public let value: Double
  /// Steps before t = 0 in which the rate rises in equal parts: (step + 1) / (warmup + 1).
  public let warmup: Int

  public init(_ decay: Decay, steps: Int, value: Double, warmup: Int = 0) {
    self.decay = decay
    self.steps = steps
    self.value = value
    self.warmup = warmup
  }

  public func validate() throws(TangentError) {
    guard (1...(1 << 53)).contains(steps), (0...(1 << 53)).contains(warmup) else {
      throw .invalid(
        "the schedule has \(steps) steps and a warmup of \(warmup); at least 1 and 0 are expected")
    }
    guard value <= 1, decay == .cosine ? value >= 0 : value > 0 else {
      let (name, range) = decay == .cosine ? ("final", "[0, 1]") : ("factor", "(0, 1]")
      throw .invalid("\(name) is \(value); it must lie in \(range)")
    }
  }

  public func factor(step: Int) -> Double {
    guard step >= warmup else { return Double(step + 1) / Double(warmup + 1) }
    let t = step - warmup
    switch decay {
    case .cosine:
      guard t < steps else { return value }
      return value + (1 - value) * 0.5 * (1 + cos(.pi * Double(t) / Double(steps)))
    case .exponential: return pow(value, Double(t) / Double(steps))
    case .stairs: return pow(value, Double(t / steps))
    }
  }

  func encode(into writer: inout ByteWriter) {
    writer.write(decay.rawValue)
    writer.write(steps)
    writer.write(value)
    writer.write(warmup)
  }

  init(from reader: inout ByteReader) throws(TangentError) {
    let code = try reader.read(UInt8.self, "the schedule of the learning rate")
    guard let decay = Decay(rawValue: code) else {
      throw TangentError(.corruptedFile, "damaged data: \(code) is not the number of a schedule")
    }
    self.decay = decay
    steps = try reader.read(Int.self, "the steps of the schedule")
    value = try reader.readDouble("the factor of the schedule")
    warmup = try reader.read(Int.self, "the warmup of the schedule")
  }
}
