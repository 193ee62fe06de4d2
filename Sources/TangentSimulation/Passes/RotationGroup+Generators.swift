/// The generators of a group together, for derivatives along a direction in their angles.
extension RotationGroup {
  /// target += sum of sign * (-i) r P psi over the rotations, r the rate of the slot.
  func insert<L: LaneVector>(
    _ psi: UnsafePointer<L>, _ rates: UnsafePointer<L>, sign: Double, into target: UnsafeMutablePointer<L>
  ) {
    if count == 3 {
      switch xBits {
      case 0: insert8(psi, rates, sign, target, Axes<0>.self)
      case 1: insert8(psi, rates, sign, target, Axes<1>.self)
      case 2: insert8(psi, rates, sign, target, Axes<2>.self)
      case 3: insert8(psi, rates, sign, target, Axes<3>.self)
      case 4: insert8(psi, rates, sign, target, Axes<4>.self)
      case 5: insert8(psi, rates, sign, target, Axes<5>.self)
      case 6: insert8(psi, rates, sign, target, Axes<6>.self)
      default: insert8(psi, rates, sign, target, Axes<7>.self)
      }
    } else {
      switch xBits {
      case 0: insert4(psi, rates, sign, target, Axes<0>.self)
      case 1: insert4(psi, rates, sign, target, Axes<1>.self)
      case 2: insert4(psi, rates, sign, target, Axes<2>.self)
      default: insert4(psi, rates, sign, target, Axes<3>.self)
      }
    }
  }

  /// What element j of a plane gains from the one that differs in `bit`: the derivative of the rotation of the two.
  @inline(__always)
  private static func gain<L: LaneVector>(
    _ sum: L, _ f: L, _ other: L, _ j: Int, _ bit: Int, _ x: Int, _ plane: Int
  ) -> L {
    let isUpper = j & bit != 0
    return isUpper != isTurned(j & ~bit, bit, x, plane) ? L.fma(f, other, sum) : L.fnma(f, other, sum)
  }

  @inline(never)
  private func insert8<L: LaneVector, let x: Int>(
    _ psi: UnsafePointer<L>, _ rates: UnsafePointer<L>, _ sign: Double, _ target: UnsafeMutablePointer<L>,
    _ axes: Axes<x>.Type
  ) {
    let (s0, s1, s2) = (strides[0], strides[1], strides[2])
    let sign = L(constant: sign)
    let (f0, f1, f2) = (sign * rates[slots[0]], sign * rates[slots[1]], sign * rates[slots[2]])
    let inserter = inserter
    for group in 0..<groups {
      let base = 2 &* inserter.three(group)
      let (u, v) = (Place<L>(psi + base), Place<L>(target + base))
      insertPlane8(u, v, s0, s1, s2, f0, f1, f2, x, 0)
      insertPlane8(u, v, s0, s1, s2, f0, f1, f2, x, 1)
    }
  }

  @inline(__always)
  private func insertPlane8<L: LaneVector>(
    _ u: Place<L>, _ v: Place<L>, _ s0: Int, _ s1: Int, _ s2: Int, _ f0: L, _ f1: L, _ f2: L, _ x: Int,
    _ plane: Int
  ) {
    @inline(__always) func gain(_ sum: L, _ f: L, _ other: L, _ j: Int, _ bit: Int) -> L {
      RotationGroup.gain(sum, f, other, j, bit, x, plane)
    }
    let (o0, r0) = (0, RotationGroup.part(0, x, plane))
    let (o1, r1) = (s0, RotationGroup.part(1, x, plane))
    let (o2, r2) = (s1, RotationGroup.part(2, x, plane))
    let (o3, r3) = (s0 &+ s1, RotationGroup.part(3, x, plane))
    let (o4, r4) = (s2, RotationGroup.part(4, x, plane))
    let (o5, r5) = (s0 &+ s2, RotationGroup.part(5, x, plane))
    let (o6, r6) = (s1 &+ s2, RotationGroup.part(6, x, plane))
    let (o7, r7) = (s0 &+ s1 &+ s2, RotationGroup.part(7, x, plane))
    let (a0, a1, a2, a3) = (u[o0, r0], u[o1, r1], u[o2, r2], u[o3, r3])
    let (a4, a5, a6, a7) = (u[o4, r4], u[o5, r5], u[o6, r6], u[o7, r7])
    v[o0, r0] = gain(gain(gain(v[o0, r0], f0, a1, 0, 1), f1, a2, 0, 2), f2, a4, 0, 4)
    v[o1, r1] = gain(gain(gain(v[o1, r1], f0, a0, 1, 1), f1, a3, 1, 2), f2, a5, 1, 4)
    v[o2, r2] = gain(gain(gain(v[o2, r2], f0, a3, 2, 1), f1, a0, 2, 2), f2, a6, 2, 4)
    v[o3, r3] = gain(gain(gain(v[o3, r3], f0, a2, 3, 1), f1, a1, 3, 2), f2, a7, 3, 4)
    v[o4, r4] = gain(gain(gain(v[o4, r4], f0, a5, 4, 1), f1, a6, 4, 2), f2, a0, 4, 4)
    v[o5, r5] = gain(gain(gain(v[o5, r5], f0, a4, 5, 1), f1, a7, 5, 2), f2, a1, 5, 4)
    v[o6, r6] = gain(gain(gain(v[o6, r6], f0, a7, 6, 1), f1, a4, 6, 2), f2, a2, 6, 4)
    v[o7, r7] = gain(gain(gain(v[o7, r7], f0, a6, 7, 1), f1, a5, 7, 2), f2, a3, 7, 4)
  }

  @inline(never)
  private func insert4<L: LaneVector, let x: Int>(
    _ psi: UnsafePointer<L>, _ rates: UnsafePointer<L>, _ sign: Double, _ target: UnsafeMutablePointer<L>,
    _ axes: Axes<x>.Type
  ) {
    let (s0, s1) = (strides[0], strides[1])
    let sign = L(constant: sign)
    let (f0, f1) = (sign * rates[slots[0]], sign * rates[slots[1]])
    let inserter = inserter
    for group in 0..<groups {
      let base = 2 &* inserter.two(group)
      let (u, v) = (Place<L>(psi + base), Place<L>(target + base))
      insertPlane4(u, v, s0, s1, f0, f1, x, 0)
      insertPlane4(u, v, s0, s1, f0, f1, x, 1)
    }
  }

  @inline(__always)
  private func insertPlane4<L: LaneVector>(
    _ u: Place<L>, _ v: Place<L>, _ s0: Int, _ s1: Int, _ f0: L, _ f1: L, _ x: Int, _ plane: Int
  ) {
    @inline(__always) func gain(_ sum: L, _ f: L, _ other: L, _ j: Int, _ bit: Int) -> L {
      RotationGroup.gain(sum, f, other, j, bit, x, plane)
    }
    let (o0, r0) = (0, RotationGroup.part(0, x, plane))
    let (o1, r1) = (s0, RotationGroup.part(1, x, plane))
    let (o2, r2) = (s1, RotationGroup.part(2, x, plane))
    let (o3, r3) = (s0 &+ s1, RotationGroup.part(3, x, plane))
    let (a0, a1, a2, a3) = (u[o0, r0], u[o1, r1], u[o2, r2], u[o3, r3])
    v[o0, r0] = gain(gain(v[o0, r0], f0, a1, 0, 1), f1, a2, 0, 2)
    v[o1, r1] = gain(gain(v[o1, r1], f0, a0, 1, 1), f1, a3, 1, 2)
    v[o2, r2] = gain(gain(v[o2, r2], f0, a3, 2, 1), f1, a0, 2, 2)
    v[o3, r3] = gain(gain(v[o3, r3], f0, a2, 3, 1), f1, a1, 3, 2)
  }
}
