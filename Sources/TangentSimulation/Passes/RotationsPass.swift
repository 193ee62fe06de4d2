import TangentNumerics

/// A run of rotations that all commute, so that one pair of states serves all their derivatives.
struct RotationsPass: BitwiseCopyable {
  private let groups: UnsafePointer<RotationGroup>
  private let groupCount: Int
  private let singles: UnsafePointer<PauliRotation>
  private let singleCount: Int
  /// Those that mix lanes: by themselves, and together with bits of the amplitude index.
  private let inLanes: UnsafePointer<LaneRotationGroup>
  private let inLanesCount: Int
  private let acrossLanes: UnsafePointer<LaneRotation>
  private let acrossLanesCount: Int
  let wantsGradient: Bool
  /// Whether the next diagonal pass takes over the cosines of the groups.
  var defersCosines = false

  init(
    groups: [RotationGroup], singles: [PauliRotation], inLanes: [LaneRotationGroup],
    acrossLanes: [LaneRotation], wantsGradient: Bool, arena: Arena
  ) {
    self.groups = arena.copy(groups)
    groupCount = groups.count
    self.singles = arena.copy(singles)
    singleCount = singles.count
    self.inLanes = arena.copy(inLanes)
    inLanesCount = inLanes.count
    self.acrossLanes = arena.copy(acrossLanes)
    acrossLanesCount = acrossLanes.count
    self.wantsGradient = wantsGradient
  }

  /// The slots of all rotations in groups.
  var groupedSlots: [Int] {
    (0..<groupCount).flatMap { k in (0..<groups[k].count).map { groups[k].slots[$0] } }
      + (0..<inLanesCount).flatMap { k in (0..<inLanes[k].count).map { inLanes[k].slots[$0] } }
  }

  /// target <- rotations source; `sign` -1 undoes them. Source and target may be the same.
  func apply<L: LaneVector>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>,
    _ angles: UnsafePointer<AngleValue<L>>, _ scaling: Scaling, sign: Double = 1
  ) {
    var source = source
    let isScaled = scaling == .inPass || !defersCosines
    var (cosines, waiting) = (L(constant: 1), 0)
    for k in 0..<groupCount {
      waiting &+= groups[k].count
      let following = k &+ 1 < groupCount ? groups[k &+ 1].count : Scaling.mostDeferred
      if isScaled, waiting &+ following > L.mostUnscaled {
        groups[k].forward(source, target, angles, sign: sign, scale: cosines)
        (cosines, waiting) = (L(constant: 1), 0)
      } else {
        groups[k].forward(source, target, angles, sign: sign, scale: nil)
        if isScaled { cosines = cosines * groups[k].cosines(angles) }
      }
      source = target
    }
    for k in 0..<inLanesCount {
      inLanes[k].forward(source, target, angles, sign: sign, isScaled: isScaled)
      source = target
    }
    for k in 0..<acrossLanesCount {
      let angle = angles[acrossLanes[k].slot]
      acrossLanes[k].forward(source, target, angle.cosine, angle.sine * L(constant: sign))
      source = target
    }
    for k in 0..<singleCount {
      let angle = angles[singles[k].slot]
      singles[k].forward(source, target, angle.cosine, angle.sine * L(constant: sign))
      source = target
    }
  }

  /// target += sum of sign * (-i) r P psi over all rotations, r the rate of the slot.
  func insert<L: LaneVector>(
    _ psi: UnsafePointer<L>, _ rates: UnsafePointer<L>, sign: Double, into target: UnsafeMutablePointer<L>
  ) {
    for k in 0..<groupCount { groups[k].insert(psi, rates, sign: sign, into: target) }
    for k in 0..<singleCount {
      singles[k].insert(psi, L(constant: sign) * rates[singles[k].slot], into: target)
    }
  }

  /// Im <lambda|P|psi> of every rotation into its slot's place.
  func overlaps<L: LaneVector>(
    _ psi: UnsafePointer<L>, _ lambda: UnsafePointer<L>, into gradients: UnsafeMutablePointer<L>
  ) {
    for k in 0..<groupCount { groups[k].overlaps(psi, lambda, into: gradients) }
    for k in 0..<inLanesCount { inLanes[k].overlaps(psi, lambda, into: gradients) }
    for k in 0..<acrossLanesCount {
      gradients[acrossLanes[k].slot] = acrossLanes[k].overlap(psi, lambda)
    }
    for k in 0..<singleCount { gradients[singles[k].slot] = singles[k].overlap(psi, lambda) }
  }
}
