import TangentNumerics

/// Rotations on their way into one pass.
struct PendingRotations {
  struct Rotation {
    var slot: Int
    let x: Int
    let z: Int
    let controls: Int
    /// What of the string lies in the lanes, as masks of lane numbers.
    var lanes = LaneString()

    var support: Int { x | z | controls }

    /// About X or Y on one qubit of the amplitude index.
    var isPlain: Bool { controls == 0 && x.nonzeroBitCount == 1 && z & ~x == 0 && lanes.x == 0 }

    func commutes(with other: Rotation) -> Bool {
      if controls | lanes.controls == 0, other.controls | other.lanes.controls == 0 {
        let crossings =
          (x & other.z).nonzeroBitCount + (z & other.x).nonzeroBitCount
          + (lanes.x & other.lanes.z).nonzeroBitCount + (lanes.z & other.lanes.x).nonzeroBitCount
        return crossings.isMultiple(of: 2)
      }
      return support & other.support == 0 && lanes.support & other.lanes.support == 0
    }
  }

  private(set) var rotations: [Rotation] = []

  var isEmpty: Bool { rotations.isEmpty }

  func admits(_ rotation: Rotation) -> Bool { rotations.allSatisfy { $0.commutes(with: rotation) } }

  /// The slot of a rotation about the same string, if there is a fitting one.
  func known(_ rotation: Rotation, where fits: (_ slot: Int) -> Bool) -> Int? {
    rotations.first {
      $0.x == rotation.x && $0.z == rotation.z && $0.controls == rotation.controls
        && $0.lanes == rotation.lanes && fits($0.slot)
    }?.slot
  }

  mutating func append(_ rotation: Rotation) { rotations.append(rotation) }

  func pass(wantsGradient: Bool, amplitudes: Int, arena: Arena) -> RotationsPass {
    var groups: [RotationGroup] = []
    let crossing = rotations.filter { $0.lanes.x != 0 }
    var singles = rotations.filter { !$0.isPlain && $0.lanes.x == 0 }
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
      },
      inLanes: LaneRotationGroup.groups(
        crossing.filter(\.isPlainInLanes).map(\.laneMember), amplitudes: amplitudes),
      acrossLanes: crossing.filter { !$0.isPlainInLanes }.map {
        LaneRotation($0.laneMember, x: $0.x, z: $0.z, controls: $0.controls, amplitudes: amplitudes)
      },
      wantsGradient: wantsGradient, arena: arena)
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
