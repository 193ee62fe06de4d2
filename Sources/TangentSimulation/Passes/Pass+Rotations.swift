import TangentNumerics

/// Where the product of the cosines goes that rotations in tangent form leave out.
enum Scaling {
  /// Into every pass's own last group of rotations: each pass is the unitary it stands for.
  case inPass
  /// Into the table of the next diagonal pass, where there is one. In between psi is too large by that product and,
  /// coming back, lambda too small, so that inner products of the two do not see it.
  case inNextDiagonal

  /// So many cosines at most wait at a time: 6e-17, the least there is, to this power is no underflow of a double.
  static let mostDeferred = 16
}

/// A run of rotations that all commute, so that one pair of states serves all their derivatives.
struct RotationsPass: BitwiseCopyable {
  private let groups: UnsafePointer<RotationGroup>
  private let groupCount: Int
  private let singles: UnsafePointer<PauliRotation>
  private let singleCount: Int
  let wantsGradient: Bool
  /// Whether the next diagonal pass takes over the cosines of the groups.
  var defersCosines = false

  init(groups: [RotationGroup], singles: [PauliRotation], wantsGradient: Bool, arena: Arena) {
    self.groups = arena.copy(groups)
    groupCount = groups.count
    self.singles = arena.copy(singles)
    singleCount = singles.count
    self.wantsGradient = wantsGradient
  }

  /// The slots of all rotations in groups.
  var groupedSlots: [Int] {
    (0..<groupCount).flatMap { k in (0..<groups[k].count).map { groups[k].slots[$0] } }
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
    for k in 0..<singleCount {
      let angle = angles[singles[k].slot]
      singles[k].forward(source, target, angle.cosine, angle.sine * L(constant: sign))
      source = target
    }
  }

  /// Im <lambda|P|psi> of every rotation into its slot's place.
  func overlaps<L: LaneVector>(
    _ psi: UnsafePointer<L>, _ lambda: UnsafePointer<L>, into gradients: UnsafeMutablePointer<L>
  ) {
    for k in 0..<groupCount { groups[k].overlaps(psi, lambda, into: gradients) }
    for k in 0..<singleCount { gradients[singles[k].slot] = singles[k].overlap(psi, lambda) }
  }
}

/// Rotations on their way into one pass.
struct PendingRotations {
  struct Rotation {
    var slot: Int
    let x: Int
    let z: Int
    let controls: Int
    var wantsGradient: Bool

    var support: Int { x | z | controls }

    /// About X or Y on one qubit.
    var isPlain: Bool { controls == 0 && x.nonzeroBitCount == 1 && z & ~x == 0 }

    func commutes(with other: Rotation) -> Bool {
      if controls == 0, other.controls == 0 {
        return ((x & other.z).nonzeroBitCount + (z & other.x).nonzeroBitCount).isMultiple(of: 2)
      }
      return support & other.support == 0
    }
  }

  private(set) var rotations: [Rotation] = []

  var isEmpty: Bool { rotations.isEmpty }

  func admits(_ rotation: Rotation) -> Bool { rotations.allSatisfy { $0.commutes(with: rotation) } }

  /// The slot of a rotation about the same string, if there is a fitting one; it wants a gradient then if either does.
  mutating func merge(_ rotation: Rotation, where fits: (_ slot: Int) -> Bool) -> Int? {
    guard
      let known = rotations.firstIndex(where: {
        $0.x == rotation.x && $0.z == rotation.z && $0.controls == rotation.controls && fits($0.slot)
      })
    else { return nil }
    rotations[known].wantsGradient = rotations[known].wantsGradient || rotation.wantsGradient
    return rotations[known].slot
  }

  mutating func append(_ rotation: Rotation) { rotations.append(rotation) }

  func pass(amplitudes: Int, arena: Arena) -> RotationsPass {
    var groups: [RotationGroup] = []
    var singles = rotations.filter { !$0.isPlain }
    for batch in batches(rotations.filter(\.isPlain)) {
      if batch.count == 1 {
        singles.append(batch[0])
      } else {
        groups.append(
          RotationGroup(
            batch.map { ($0.slot, $0.x.trailingZeroBitCount, $0.z == 0) }, amplitudes: amplitudes,
            arena: arena))
      }
    }
    return RotationsPass(
      groups: groups,
      singles: singles.map {
        PauliRotation(slot: $0.slot, x: $0.x, z: $0.z, controls: $0.controls, amplitudes: amplitudes)
      }, wantsGradient: rotations.contains(where: \.wantsGradient), arena: arena)
  }

  /// Plain rotations in few batches on different qubits, as even as they come: 4 = 2 + 2, 7 = 3 + 2 + 2.
  private func batches(_ plain: [Rotation]) -> [[Rotation]] {
    var layers: [[Rotation]] = []
    for rotation in plain {
      if let k = layers.firstIndex(where: { $0.allSatisfy { $0.x != rotation.x } }) {
        layers[k].append(rotation)
      } else {
        layers.append([rotation])
      }
    }
    return layers.flatMap { layer -> [[Rotation]] in
      let count = (layer.count + RotationGroup.widest - 1) / RotationGroup.widest
      // Qubits in turn, so that no batch takes many of the far strides, which share a set of the cache.
      return (0..<count).map { k in stride(from: k, to: layer.count, by: count).map { layer[$0] } }
    }
  }
}
