import CTangentVector
import TangentNumerics

// exp(-i a P) with a Pauli string P is the same for a and for a without whole turns (2 pi).

extension Double {
  /// The angle itself, or without whole turns if it is beyond the limit.
  @inline(__always)
  func withoutWholeTurns(beyond limit: Double) -> Double {
    abs(self) <= limit ? self : remainderOfTurns(self)
  }
}

extension DoubleLanes {
  /// The same lane by lane.
  @inline(__always)
  func withoutWholeTurns(beyond limit: Double) -> Self {
    // NaN is in neither range.
    let isSmall = self .<= limit .& self .>= -limit
    if all(isSmall) { return self }
    var result = self
    for lane in 0..<Self.scalarCount { result[lane] = self[lane].withoutWholeTurns(beyond: limit) }
    return result
  }
}

/// The C library reduces angles of any size exactly.
@inline(never)
private func remainderOfTurns(_ angle: Double) -> Double {
  var (sine, cosine) = (0.0, 0.0)
  ctv_sincos(angle, &sine, &cosine)
  return atan2(sine, cosine)
}
