import TangentNumerics

extension Plan {
  /// Values that are the same in all lanes, for the slots that `isWanted`; a slot a lane goes through the sine.
  @inline(__always)
  func fillUniform<L: LaneVector>(
    _ values: UnsafeMutablePointer<AngleValue<L>>, variable: (Int) -> Double,
    where isWanted: (AngleSlot) -> Bool
  ) {
    var (angles, places, count) = (L.Wide.zero, SIMD8<Int>.zero, 0)
    func flush() {
      let value = AngleValue<L>(angles, isSpectral: false)
      for lane in 0..<count { values[places[lane]] = AngleValue(repeating: lane, of: value) }
      count = 0
    }
    for k in 0..<slotCount where isWanted(slots[k]) {
      let angle = slots[k].angle(variable)
      if slots[k].isSpectral {
        values[k] = AngleValue(L.Wide(repeating: angle), isSpectral: true)
        continue
      }
      angles[count] = angle
      places[count] = k
      count += 1
      if count == L.scalarCount { flush() }
    }
    flush()
  }
}
