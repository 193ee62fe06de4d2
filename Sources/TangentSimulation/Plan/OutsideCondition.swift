/// How a slot's angle depends on register bits outside the amplitude index: its sign turns with the parity of the bits
/// in `signs`, and it is 0 unless all bits in `controls` are set.
struct OutsideCondition: Equatable, BitwiseCopyable {
  var signs = 0
  var controls = 0

  static let none = OutsideCondition()

  func depends(on bits: Int) -> Bool { (signs | controls) & bits != 0 }

  /// The factor on the angle where the register bits outside are those of `index`.
  @inline(__always)
  func factor(_ index: Int) -> Double {
    if index & controls != controls { return 0 }
    return (index & signs).nonzeroBitCount & 1 == 0 ? 1 : -1
  }
}
