import TangentNumerics

/// Where the random numbers of shots stand: every draw has a stream of its own, told by the step of a training, the set of
/// parameters, the sample, the setting and what is measured there. So nothing depends on which draws are made, in which
/// order and by whom.
public struct ShotKey: Sendable {
  public let seed: UInt64
  public let step: Int

  public init(seed: UInt64, step: Int = 0) {
    self.seed = seed
    self.step = step
  }

  /// Where the numbers of one draw begin in the stream of its sample and setting.
  enum Draw {
    static let prediction: UInt64 = 0

    /// Of an entry, on one side of its rotation's angle.
    static func side(of entry: Int, isPlus: Bool) -> UInt64 {
      (1 + 2 * UInt64(entry) + (isPlus ? 0 : 1)) << 32
    }
  }

  /// The key of one set of parameters.
  func ofSet(_ set: Int) -> UInt64 {
    var random = Philox(
      seed: seed, stream: Philox.stream(.shots, set), position: UInt64(truncatingIfNeeded: step) &* 2)
    return random.nextUInt64()
  }

  static func stream(sample: Int, setting: Int) -> UInt64 {
    UInt64(truncatingIfNeeded: sample) << 32 | UInt64(truncatingIfNeeded: setting)
  }
}
