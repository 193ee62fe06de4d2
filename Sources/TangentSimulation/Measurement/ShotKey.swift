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

  /// What a setting is measured for.
  enum Draw {
    case prediction
    /// Of a rotation that a parameter enters, on one side of its angle.
    case entry(Int, isPlus: Bool)

    fileprivate var number: UInt64 {
      switch self {
      case .prediction: 0
      case .entry(let entry, let isPlus): 1 + 2 * UInt64(entry) + (isPlus ? 0 : 1)
      }
    }
  }

  /// The key of one set of parameters.
  func ofSet(_ set: Int) -> UInt64 {
    var random = Philox(
      seed: seed, stream: Philox.stream(.shots, set), position: UInt64(truncatingIfNeeded: step) &* 2)
    return random.nextUInt64()
  }

  /// - Parameter key: of the set of parameters.
  static func random(_ key: UInt64, sample: Int, setting: Int, _ draw: Draw) -> Philox {
    Philox(
      seed: key, stream: UInt64(truncatingIfNeeded: sample) << 32 | UInt64(truncatingIfNeeded: setting),
      position: draw.number << 32)
  }
}
