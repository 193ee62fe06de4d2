/// What of a Pauli string with controls lies in the lanes, where they are amplitudes of one state: masks of lane numbers.
struct LaneString: Equatable {
  var x = 0
  var z = 0
  var controls = 0

  var support: Int { x | z | controls }
}

extension PendingRotations.Rotation {
  /// Whether it leaves the amplitude index alone.
  var isPlainInLanes: Bool { x | z | controls == 0 }

  /// What it does to the lanes. Its sign is that of two Y, and of those in the lanes, which count by the lane that is written
  /// and not by the one that is read.
  var laneMember: LaneRotationGroup.Member {
    let inLanes = (lanes.x & lanes.z).nonzeroBitCount
    let countOfY = (x & z).nonzeroBitCount + inLanes
    let isNegative = (countOfY >> 1 & 1 == 1) != (inLanes & 1 == 1)
    return .init(slot: slot, mask: lanes.x, yLike: countOfY & 1 == 1, sign: isNegative ? -1 : 1)
  }
}
