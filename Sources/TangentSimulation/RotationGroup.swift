import CTangentVector
import TangentNumerics

/// X and Y rotations on two or three different qubits in one walk over the state.
///
/// A Y rotation mixes real with real parts and imaginary with imaginary ones; an X rotation mixes real with imaginary
/// parts. So eight amplitudes that agree outside the group's bits fall into two independent planes of eight real
/// numbers: element j belongs with its real part to plane (number of X-bits set in j) mod 2. In a plane every rotation
/// is a real one, with the sign turned for X where the lower element holds a real part (`isTurned`).
///
/// Rotations are applied in tangent form, (a - t b, b + t a), one multiply-add a number; the product of the cosines goes
/// into the last rotation or into the next diagonal pass (`Scaling`). That is exact to rounding at any angle: a huge
/// tangent meets the tiny cosine it came from.
struct RotationGroup: BitwiseCopyable {
  let slots: SIMD3<Int>
  /// How many rotations, 2 or 3.
  let count: Int
  /// Bit k set: rotation k is about X.
  private let xBits: Int
  private let strides: SIMD3<Int>
  private let groups: Int
  private let inserter: BitInserter

  /// - Parameter rotations: (slot, bit position, whether about X), 2 or 3, on different bits.
  init(_ rotations: [(slot: Int, bit: Int, isX: Bool)], amplitudes: Int) {
    count = rotations.count
    groups = amplitudes >> rotations.count
    inserter = BitInserter(rotations.map(\.bit))
    var slots = SIMD3<Int>(repeating: rotations[0].slot)
    var strides = SIMD3<Int>.zero
    var xBits = 0
    for (k, rotation) in rotations.enumerated() {
      slots[k] = rotation.slot
      strides[k] = 2 << rotation.bit
      if rotation.isX { xBits |= 1 << k }
    }
    self.slots = slots
    self.strides = strides
    self.xBits = xBits
  }

  /// target <- scale * rotations source; `sign` -1 undoes them. Source and target may be the same. Without a scale the
  /// result is too large by the product of the cosines.
  @inline(never)
  func forward(
    _ source: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>,
    _ values: UnsafePointer<AngleValue>, sign: Double, scale: Lane?
  ) {
    if let scale {
      dispatch(source, target, Angles(self, values, sign, scale), isScaled: true)
    } else {
      dispatch(source, target, Angles(self, values, sign, Lane(repeating: 1)), isScaled: false)
    }
  }

  /// The product of the cosines.
  func cosines(_ values: UnsafePointer<AngleValue>) -> Lane {
    let two = values[slots[0]].cosine * values[slots[1]].cosine
    return count == 3 ? two * values[slots[2]].cosine : two
  }

  @inline(__always)
  private func dispatch(
    _ source: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>, _ angles: Angles,
    isScaled: Bool
  ) {
    if count == 3 {
      switch xBits {
      case 0: forward8(source, target, angles, 0, isScaled)
      case 1: forward8(source, target, angles, 1, isScaled)
      case 2: forward8(source, target, angles, 2, isScaled)
      case 3: forward8(source, target, angles, 3, isScaled)
      case 4: forward8(source, target, angles, 4, isScaled)
      case 5: forward8(source, target, angles, 5, isScaled)
      case 6: forward8(source, target, angles, 6, isScaled)
      default: forward8(source, target, angles, 7, isScaled)
      }
    } else {
      switch xBits {
      case 0: forward4(source, target, angles, 0, isScaled)
      case 1: forward4(source, target, angles, 1, isScaled)
      case 2: forward4(source, target, angles, 2, isScaled)
      default: forward4(source, target, angles, 3, isScaled)
      }
    }
  }

  /// Im <lambda|P|psi> of every rotation into its slot's place.
  @inline(never)
  func overlaps(
    _ psi: UnsafePointer<Lane>, _ lambda: UnsafePointer<Lane>, into gradients: UnsafeMutablePointer<Lane>
  ) {
    var sums = (Lane.zero, Lane.zero, Lane.zero)
    if count == 3 {
      switch xBits {
      case 0: overlaps8(psi, lambda, &sums, 0)
      case 1: overlaps8(psi, lambda, &sums, 1)
      case 2: overlaps8(psi, lambda, &sums, 2)
      case 3: overlaps8(psi, lambda, &sums, 3)
      case 4: overlaps8(psi, lambda, &sums, 4)
      case 5: overlaps8(psi, lambda, &sums, 5)
      case 6: overlaps8(psi, lambda, &sums, 6)
      default: overlaps8(psi, lambda, &sums, 7)
      }
      gradients[slots[2]] = sums.2
    } else {
      switch xBits {
      case 0: overlaps4(psi, lambda, &sums, 0)
      case 1: overlaps4(psi, lambda, &sums, 1)
      case 2: overlaps4(psi, lambda, &sums, 2)
      default: overlaps4(psi, lambda, &sums, 3)
      }
    }
    gradients[slots[0]] = sums.0
    gradients[slots[1]] = sums.1
  }

  /// Tangents, and the last rotation's cosine and sine times all other cosines and the scale.
  private struct Angles: BitwiseCopyable {
    let t0: Lane
    let t1: Lane
    let t2: Lane
    let c: Lane
    let s: Lane

    @inline(__always)
    init(
      _ group: RotationGroup, _ values: UnsafePointer<AngleValue>, _ sign: Double, _ scale: Lane
    ) {
      let (first, second, third) = (values[group.slots[0]], values[group.slots[1]], values[group.slots[2]])
      let hasThree = group.count == 3
      t0 = first.tangent * sign
      t1 = second.tangent * sign
      t2 = third.tangent * sign
      let others = scale * (hasThree ? first.cosine * second.cosine : first.cosine)
      let last = hasThree ? third : second
      c = others * last.cosine
      s = others * last.sine * sign
    }
  }

  // MARK: One plane

  /// Whether the rotation `bit` between elements j and j | bit has its sign turned in a plane.
  @inline(__always)
  private static func isTurned(_ j: Int, _ bit: Int, _ x: Int, _ plane: Int) -> Bool {
    x & bit != 0 && ((j & x).nonzeroBitCount &+ plane) & 1 == 0
  }

  /// Where element j of a plane lies behind its amplitude: 0 for the real part, 1 for the imaginary part.
  @inline(__always)
  private static func part(_ j: Int, _ x: Int, _ plane: Int) -> Int { ((j & x).nonzeroBitCount &+ plane) & 1 }

  @inline(__always)
  private static func rotate(_ a: inout Lane, _ b: inout Lane, _ t: Lane, turned: Bool) {
    let x = a
    a = turned ? ctv_fma(t, b, a) : ctv_fnma(t, b, a)
    b = turned ? ctv_fnma(t, x, b) : ctv_fma(t, x, b)
  }

  /// The last rotation of a group, by (c, s) if the group is scaled and by its tangent if not.
  @inline(__always)
  private static func rotateLast(
    _ a: inout Lane, _ b: inout Lane, _ t: Lane, _ g: Angles, turned: Bool, isScaled: Bool
  ) {
    guard isScaled else {
      rotate(&a, &b, t, turned: turned)
      return
    }
    let (x, c, s) = (a, g.c, g.s)
    a = turned ? ctv_fma(s, b, c * a) : ctv_fnma(s, b, c * a)
    b = turned ? ctv_fnma(s, x, c * b) : ctv_fma(s, x, c * b)
  }

  /// The two halves of up to three overlaps, apart so that their additions do not wait for each other.
  private struct Sums {
    var p0 = Lane.zero
    var m0 = Lane.zero
    var p1 = Lane.zero
    var m1 = Lane.zero
    var p2 = Lane.zero
    var m2 = Lane.zero

    @inline(__always) var differences: (Lane, Lane, Lane) { (p0 - m0, p1 - m1, p2 - m2) }

    @inline(__always)
    mutating func add(_ other: Sums) {
      p0 += other.p0
      m0 += other.m0
      p1 += other.p1
      m1 += other.m1
      p2 += other.p2
      m2 += other.m2
    }
  }

  @inline(__always)
  private static func accumulate(
    _ plus: inout Lane, _ minus: inout Lane, _ a: Lane, _ b: Lane, _ e: Lane, _ f: Lane, turned: Bool
  ) {
    if turned {
      plus = ctv_fma(e, b, plus)
      minus = ctv_fma(f, a, minus)
    } else {
      plus = ctv_fma(f, a, plus)
      minus = ctv_fma(e, b, minus)
    }
  }

  // MARK: Eight amplitudes

  @inline(__always)
  private func forward8(
    _ source: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>, _ angles: Angles, _ x: Int,
    _ isScaled: Bool
  ) {
    let (s0, s1, s2) = (strides[0], strides[1], strides[2])
    for group in 0..<groups {
      let base = 2 &* inserter.three(group)
      let (u, v) = (Place(source + base), Place(target + base))
      plane8(u, v, s0, s1, s2, angles, x, 0, isScaled)
      plane8(u, v, s0, s1, s2, angles, x, 1, isScaled)
    }
  }

  @inline(__always)
  private func plane8(
    _ source: Place, _ target: Place, _ s0: Int, _ s1: Int,
    _ s2: Int,
    _ g: Angles, _ x: Int, _ plane: Int, _ isScaled: Bool
  ) {
    let (o0, r0) = (0, RotationGroup.part(0, x, plane))
    let (o1, r1) = (s0, RotationGroup.part(1, x, plane))
    let (o2, r2) = (s1, RotationGroup.part(2, x, plane))
    let (o3, r3) = (s0 &+ s1, RotationGroup.part(3, x, plane))
    let (o4, r4) = (s2, RotationGroup.part(4, x, plane))
    let (o5, r5) = (s0 &+ s2, RotationGroup.part(5, x, plane))
    let (o6, r6) = (s1 &+ s2, RotationGroup.part(6, x, plane))
    let (o7, r7) = (s0 &+ s1 &+ s2, RotationGroup.part(7, x, plane))
    var (a0, a1, a2, a3) = (source[o0, r0], source[o1, r1], source[o2, r2], source[o3, r3])
    var (a4, a5, a6, a7) = (source[o4, r4], source[o5, r5], source[o6, r6], source[o7, r7])
    RotationGroup.rotate(&a0, &a1, g.t0, turned: RotationGroup.isTurned(0, 1, x, plane))
    RotationGroup.rotate(&a2, &a3, g.t0, turned: RotationGroup.isTurned(2, 1, x, plane))
    RotationGroup.rotate(&a4, &a5, g.t0, turned: RotationGroup.isTurned(4, 1, x, plane))
    RotationGroup.rotate(&a6, &a7, g.t0, turned: RotationGroup.isTurned(6, 1, x, plane))
    RotationGroup.rotate(&a0, &a2, g.t1, turned: RotationGroup.isTurned(0, 2, x, plane))
    RotationGroup.rotate(&a1, &a3, g.t1, turned: RotationGroup.isTurned(1, 2, x, plane))
    RotationGroup.rotate(&a4, &a6, g.t1, turned: RotationGroup.isTurned(4, 2, x, plane))
    RotationGroup.rotate(&a5, &a7, g.t1, turned: RotationGroup.isTurned(5, 2, x, plane))
    RotationGroup.rotateLast(
      &a0, &a4, g.t2, g, turned: RotationGroup.isTurned(0, 4, x, plane), isScaled: isScaled)
    RotationGroup.rotateLast(
      &a1, &a5, g.t2, g, turned: RotationGroup.isTurned(1, 4, x, plane), isScaled: isScaled)
    RotationGroup.rotateLast(
      &a2, &a6, g.t2, g, turned: RotationGroup.isTurned(2, 4, x, plane), isScaled: isScaled)
    RotationGroup.rotateLast(
      &a3, &a7, g.t2, g, turned: RotationGroup.isTurned(3, 4, x, plane), isScaled: isScaled)
    target[o0, r0] = a0
    target[o1, r1] = a1
    target[o2, r2] = a2
    target[o3, r3] = a3
    target[o4, r4] = a4
    target[o5, r5] = a5
    target[o6, r6] = a6
    target[o7, r7] = a7
  }

  @inline(__always)
  private func overlaps8(
    _ psi: UnsafePointer<Lane>, _ lambda: UnsafePointer<Lane>, _ sums: inout (Lane, Lane, Lane), _ x: Int
  ) {
    let (s0, s1, s2) = (strides[0], strides[1], strides[2])
    var (t, other) = (Sums(), Sums())
    for group in 0..<groups {
      let base = 2 &* inserter.three(group)
      let (u, v) = (Place(psi + base), Place(lambda + base))
      overlapPlane8(u, v, s0, s1, s2, &t, x, 0)
      // Six sums wait for their last multiply-adds; another six do not, if there are registers for them.
      if ctv_has_many_registers() {
        overlapPlane8(u, v, s0, s1, s2, &other, x, 1)
      } else {
        overlapPlane8(u, v, s0, s1, s2, &t, x, 1)
      }
    }
    t.add(other)
    sums = t.differences
  }

  @inline(__always)
  private func overlapPlane8(
    _ u: Place, _ v: Place, _ s0: Int, _ s1: Int, _ s2: Int, _ t: inout Sums,
    _ x: Int, _ plane: Int
  ) {
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
    let (e0, e1, e2, e3) = (v[o0, r0], v[o1, r1], v[o2, r2], v[o3, r3])
    let (e4, e5, e6, e7) = (v[o4, r4], v[o5, r5], v[o6, r6], v[o7, r7])
    RotationGroup.accumulate(&t.p0, &t.m0, a0, a1, e0, e1, turned: RotationGroup.isTurned(0, 1, x, plane))
    RotationGroup.accumulate(&t.p1, &t.m1, a0, a2, e0, e2, turned: RotationGroup.isTurned(0, 2, x, plane))
    RotationGroup.accumulate(&t.p2, &t.m2, a0, a4, e0, e4, turned: RotationGroup.isTurned(0, 4, x, plane))
    RotationGroup.accumulate(&t.p0, &t.m0, a2, a3, e2, e3, turned: RotationGroup.isTurned(2, 1, x, plane))
    RotationGroup.accumulate(&t.p1, &t.m1, a1, a3, e1, e3, turned: RotationGroup.isTurned(1, 2, x, plane))
    RotationGroup.accumulate(&t.p2, &t.m2, a1, a5, e1, e5, turned: RotationGroup.isTurned(1, 4, x, plane))
    RotationGroup.accumulate(&t.p0, &t.m0, a4, a5, e4, e5, turned: RotationGroup.isTurned(4, 1, x, plane))
    RotationGroup.accumulate(&t.p1, &t.m1, a4, a6, e4, e6, turned: RotationGroup.isTurned(4, 2, x, plane))
    RotationGroup.accumulate(&t.p2, &t.m2, a2, a6, e2, e6, turned: RotationGroup.isTurned(2, 4, x, plane))
    RotationGroup.accumulate(&t.p0, &t.m0, a6, a7, e6, e7, turned: RotationGroup.isTurned(6, 1, x, plane))
    RotationGroup.accumulate(&t.p1, &t.m1, a5, a7, e5, e7, turned: RotationGroup.isTurned(5, 2, x, plane))
    RotationGroup.accumulate(&t.p2, &t.m2, a3, a7, e3, e7, turned: RotationGroup.isTurned(3, 4, x, plane))
  }

  // MARK: Four amplitudes

  @inline(__always)
  private func forward4(
    _ source: UnsafeMutablePointer<Lane>, _ target: UnsafeMutablePointer<Lane>, _ g: Angles, _ x: Int,
    _ isScaled: Bool
  ) {
    let (s0, s1) = (strides[0], strides[1])
    for group in 0..<groups {
      let base = 2 &* inserter.two(group)
      let (u, v) = (Place(source + base), Place(target + base))
      plane4(u, v, s0, s1, g, x, 0, isScaled)
      plane4(u, v, s0, s1, g, x, 1, isScaled)
    }
  }

  @inline(__always)
  private func plane4(
    _ u: Place, _ v: Place, _ s0: Int, _ s1: Int, _ g: Angles,
    _ x: Int, _ plane: Int, _ isScaled: Bool
  ) {
    let (o0, r0) = (0, RotationGroup.part(0, x, plane))
    let (o1, r1) = (s0, RotationGroup.part(1, x, plane))
    let (o2, r2) = (s1, RotationGroup.part(2, x, plane))
    let (o3, r3) = (s0 &+ s1, RotationGroup.part(3, x, plane))
    var (a0, a1, a2, a3) = (u[o0, r0], u[o1, r1], u[o2, r2], u[o3, r3])
    RotationGroup.rotate(&a0, &a1, g.t0, turned: RotationGroup.isTurned(0, 1, x, plane))
    RotationGroup.rotate(&a2, &a3, g.t0, turned: RotationGroup.isTurned(2, 1, x, plane))
    RotationGroup.rotateLast(
      &a0, &a2, g.t1, g, turned: RotationGroup.isTurned(0, 2, x, plane), isScaled: isScaled)
    RotationGroup.rotateLast(
      &a1, &a3, g.t1, g, turned: RotationGroup.isTurned(1, 2, x, plane), isScaled: isScaled)
    v[o0, r0] = a0
    v[o1, r1] = a1
    v[o2, r2] = a2
    v[o3, r3] = a3
  }

  @inline(__always)
  private func overlaps4(
    _ psi: UnsafePointer<Lane>, _ lambda: UnsafePointer<Lane>, _ sums: inout (Lane, Lane, Lane), _ x: Int
  ) {
    let (s0, s1) = (strides[0], strides[1])
    var (t, other) = (Sums(), Sums())
    for group in 0..<groups {
      let base = 2 &* inserter.two(group)
      let (u, v) = (Place(psi + base), Place(lambda + base))
      overlapPlane4(u, v, s0, s1, &t, x, 0)
      overlapPlane4(u, v, s0, s1, &other, x, 1)
    }
    t.add(other)
    sums = t.differences
  }

  @inline(__always)
  private func overlapPlane4(
    _ u: Place, _ v: Place, _ s0: Int, _ s1: Int,
    _ t: inout Sums, _ x: Int, _ plane: Int
  ) {
    let (o0, r0) = (0, RotationGroup.part(0, x, plane))
    let (o1, r1) = (s0, RotationGroup.part(1, x, plane))
    let (o2, r2) = (s1, RotationGroup.part(2, x, plane))
    let (o3, r3) = (s0 &+ s1, RotationGroup.part(3, x, plane))
    let (a0, a1, a2, a3) = (u[o0, r0], u[o1, r1], u[o2, r2], u[o3, r3])
    let (e0, e1, e2, e3) = (v[o0, r0], v[o1, r1], v[o2, r2], v[o3, r3])
    RotationGroup.accumulate(&t.p0, &t.m0, a0, a1, e0, e1, turned: RotationGroup.isTurned(0, 1, x, plane))
    RotationGroup.accumulate(&t.p1, &t.m1, a0, a2, e0, e2, turned: RotationGroup.isTurned(0, 2, x, plane))
    RotationGroup.accumulate(&t.p0, &t.m0, a2, a3, e2, e3, turned: RotationGroup.isTurned(2, 1, x, plane))
    RotationGroup.accumulate(&t.p1, &t.m1, a1, a3, e1, e3, turned: RotationGroup.isTurned(1, 2, x, plane))
  }
}

/// One place of a state, from which the amplitudes of a group have the same offsets everywhere.
private struct Place: BitwiseCopyable {
  private let start: UnsafeMutablePointer<Lane>

  @inline(__always)
  init(_ start: UnsafeMutablePointer<Lane>) {
    self.start = ctv_address(start).assumingMemoryBound(to: Lane.self)
  }

  @inline(__always)
  init(_ start: UnsafePointer<Lane>) { self.init(UnsafeMutablePointer(mutating: start)) }

  @inline(__always)
  subscript(offset: Int, part: Int) -> Lane {
    get { (start + offset)[part] }
    nonmutating set { (start + offset)[part] = newValue }
  }
}
