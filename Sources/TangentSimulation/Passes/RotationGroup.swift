import CTangentVector
import TangentNumerics

/// X and Y rotations on two or three different qubits, in one walk over the state.
///
/// A Y rotation mixes real with real parts and imaginary with imaginary ones; an X rotation mixes real with imaginary
/// parts. So, of three rotations, eight amplitudes that agree outside the group's bits fall into two independent planes of
/// eight real numbers: element j belongs with its real part to plane (number of X-bits set in j) mod 2. In a plane every
/// rotation is a real one, with the sign turned for X where the lower element holds a real part (`isTurned`).
///
/// Rotations are applied in tangent form, (a - t b, b + t a), one multiply-add a number; the product of the cosines goes
/// into the last rotation or into the next diagonal pass (`Scaling`). That is exact to rounding at any angle: a huge
/// tangent meets the tiny cosine it came from.
struct RotationGroup: BitwiseCopyable {
  /// What a group is; behind a pointer, since kernels that are called a million times a second would copy it each time.
  private struct Shape: BitwiseCopyable {
    let slots: SIMD4<Int>
    let count: Int
    /// Bit k set: rotation k is about X.
    let xBits: Int
    let strides: SIMD4<Int>
    let groups: Int
    let inserter: BitInserter
  }

  private let shape: UnsafePointer<Shape>

  /// The most rotations of a group. With 32 vector registers four Y rotations would go together, and take up to 8 % less
  /// time: not worth another build (docs/cpu-levels.md).
  static let widest = 3

  /// - Parameter rotations: (slot, bit position, whether about X), 2 to `widest`, on different bits.
  init(_ rotations: [(slot: Int, bit: Int, isX: Bool)], amplitudes: Int, arena: Arena) {
    var slots = SIMD4<Int>(repeating: rotations[0].slot)
    var strides = SIMD4<Int>.zero
    var xBits = 0
    for (k, rotation) in rotations.enumerated() {
      slots[k] = rotation.slot
      strides[k] = 2 << rotation.bit
      if rotation.isX { xBits |= 1 << k }
    }
    shape = arena.copy([
      Shape(
        slots: slots, count: rotations.count, xBits: xBits, strides: strides,
        groups: amplitudes >> rotations.count, inserter: BitInserter(rotations.map(\.bit)))
    ])
  }

  @inline(__always) var slots: SIMD4<Int> { shape.pointee.slots }
  /// How many rotations, 2 or 3.
  @inline(__always) var count: Int { shape.pointee.count }
  @inline(__always) var xBits: Int { shape.pointee.xBits }
  @inline(__always) var strides: SIMD4<Int> { shape.pointee.strides }
  @inline(__always) var groups: Int { shape.pointee.groups }
  @inline(__always) var inserter: BitInserter { shape.pointee.inserter }

  /// target <- scale * rotations source; `sign` -1 undoes them. Source and target may be the same. Without a scale the
  /// result is too large by the product of the cosines.
  func forward<L: LaneVector>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>,
    _ values: UnsafePointer<AngleValue<L>>, sign: Double, scale: L?
  ) {
    if let scale {
      forward(source, target, values, sign, scale, Scaled.self)
    } else {
      forward(source, target, values, sign, L(constant: 1), Unscaled.self)
    }
  }

  /// The product of the cosines.
  func cosines<L: LaneVector>(_ values: UnsafePointer<AngleValue<L>>) -> L {
    var product = values[slots[0]].cosine * values[slots[1]].cosine
    if count == 3 { product = product * values[slots[2]].cosine }
    return product
  }

  @inline(__always)
  private func forward<L: LaneVector, Form: RotationForm>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>,
    _ values: UnsafePointer<AngleValue<L>>, _ sign: Double, _ scale: L, _ form: Form.Type
  ) {
    if count == 3 {
      switch xBits {
      case 0: forward8(source, target, values, sign, scale, Axes<0>.self, form)
      case 1: forward8(source, target, values, sign, scale, Axes<1>.self, form)
      case 2: forward8(source, target, values, sign, scale, Axes<2>.self, form)
      case 3: forward8(source, target, values, sign, scale, Axes<3>.self, form)
      case 4: forward8(source, target, values, sign, scale, Axes<4>.self, form)
      case 5: forward8(source, target, values, sign, scale, Axes<5>.self, form)
      case 6: forward8(source, target, values, sign, scale, Axes<6>.self, form)
      default: forward8(source, target, values, sign, scale, Axes<7>.self, form)
      }
    } else {
      switch xBits {
      case 0: forward4(source, target, values, sign, scale, Axes<0>.self, form)
      case 1: forward4(source, target, values, sign, scale, Axes<1>.self, form)
      case 2: forward4(source, target, values, sign, scale, Axes<2>.self, form)
      default: forward4(source, target, values, sign, scale, Axes<3>.self, form)
      }
    }
  }

  /// Im <lambda|P|psi> of every rotation into its slot's place.
  func overlaps<L: LaneVector>(
    _ psi: UnsafePointer<L>, _ lambda: UnsafePointer<L>, into gradients: UnsafeMutablePointer<L>
  ) {
    if count == 3 {
      switch xBits {
      case 0: overlaps8(psi, lambda, gradients, Axes<0>.self)
      case 1: overlaps8(psi, lambda, gradients, Axes<1>.self)
      case 2: overlaps8(psi, lambda, gradients, Axes<2>.self)
      case 3: overlaps8(psi, lambda, gradients, Axes<3>.self)
      case 4: overlaps8(psi, lambda, gradients, Axes<4>.self)
      case 5: overlaps8(psi, lambda, gradients, Axes<5>.self)
      case 6: overlaps8(psi, lambda, gradients, Axes<6>.self)
      default: overlaps8(psi, lambda, gradients, Axes<7>.self)
      }
    } else {
      switch xBits {
      case 0: overlaps4(psi, lambda, gradients, Axes<0>.self)
      case 1: overlaps4(psi, lambda, gradients, Axes<1>.self)
      case 2: overlaps4(psi, lambda, gradients, Axes<2>.self)
      default: overlaps4(psi, lambda, gradients, Axes<3>.self)
      }
    }
  }

  /// Tangents, and the last rotation's cosine and sine times all other cosines and the scale.
  private struct Angles<L: LaneVector>: BitwiseCopyable {
    let t0: L
    let t1: L
    let t2: L
    let c: L
    let s: L

    @inline(__always)
    init(
      _ group: RotationGroup, _ values: UnsafePointer<AngleValue<L>>, _ sign: Double, _ scale: L
    ) {
      let (slots, count) = (group.slots, group.count)
      let sign = L(constant: sign)
      t0 = values[slots[0]].tangent * sign
      t1 = values[slots[1]].tangent * sign
      t2 = values[slots[2]].tangent * sign
      var others = scale * values[slots[0]].cosine
      if count == 3 { others = others * values[slots[1]].cosine }
      let last = values[slots[count &- 1]]
      c = others * last.cosine
      s = others * last.sine * sign
    }
  }

  // MARK: One plane

  /// Which rotations are about X, as a constant of the compiler: each kernel is compiled for each.
  enum Axes<let x: Int> {}

  /// Whether the rotation `bit` between elements j and j | bit has its sign turned in a plane.
  @inline(__always)
  static func isTurned(_ j: Int, _ bit: Int, _ x: Int, _ plane: Int) -> Bool {
    x & bit != 0 && ((j & x).nonzeroBitCount &+ plane) & 1 == 0
  }

  /// Where element j of a plane lies behind its amplitude: 0 for the real part, 1 for the imaginary part.
  @inline(__always)
  static func part(_ j: Int, _ x: Int, _ plane: Int) -> Int { ((j & x).nonzeroBitCount &+ plane) & 1 }

  @inline(__always)
  private static func rotate<L: LaneVector>(_ a: inout L, _ b: inout L, _ t: L, turned: Bool) {
    let x = a
    a = turned ? L.fma(t, b, a) : L.fnma(t, b, a)
    b = turned ? L.fnma(t, x, b) : L.fma(t, x, b)
  }

  /// The last rotation of a group, by (c, s) if the group is scaled and by its tangent if not.
  @inline(__always)
  private static func rotateLast<L: LaneVector>(
    _ a: inout L, _ b: inout L, _ t: L, _ g: Angles<L>, turned: Bool, isScaled: Bool
  ) {
    guard isScaled else {
      rotate(&a, &b, t, turned: turned)
      return
    }
    let (x, c, s) = (a, g.c, g.s)
    a = turned ? L.fma(s, b, c * a) : L.fnma(s, b, c * a)
    b = turned ? L.fnma(s, x, c * b) : L.fma(s, x, c * b)
  }

  /// Up to three overlaps.
  ///
  /// What a plane adds to one is made first, a product and multiply-adds that begin anew in each plane: they overlap with
  /// those of the planes before, where multiply-adds into the sums themselves would wait for each other (docs/engine.md).
  private struct Sums<L: LaneVector> {
    var s0 = L.zero
    var s1 = L.zero
    var s2 = L.zero

    @inline(__always)
    func store(at slots: SIMD4<Int>, count: Int, into gradients: UnsafeMutablePointer<L>) {
      gradients[slots[0]] = s0
      gradients[slots[1]] = s1
      if count == 3 { gradients[slots[2]] = s2 }
    }
  }

  /// What a pair of elements adds to an overlap: f a - e b, or its negative if turned.
  @inline(__always)
  private static func term<L: LaneVector>(_ a: L, _ b: L, _ e: L, _ f: L, turned: Bool) -> L {
    turned ? L.fnma(f, a, e * b) : L.fnma(e, b, f * a)
  }

  @inline(__always)
  private static func add<L: LaneVector>(
    _ a: L, _ b: L, _ e: L, _ f: L, turned: Bool, to sum: inout L
  ) {
    sum = turned ? L.fnma(f, a, L.fma(e, b, sum)) : L.fnma(e, b, L.fma(f, a, sum))
  }

  // MARK: Eight amplitudes

  @inline(never)
  private func forward8<L: LaneVector, let x: Int, Form: RotationForm>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>,
    _ values: UnsafePointer<AngleValue<L>>, _ sign: Double, _ scale: L, _ axes: Axes<x>.Type,
    _ form: Form.Type
  ) {
    let angles = Angles<L>(self, values, sign, scale)
    let isScaled = Form.isScaled
    let (s0, s1, s2) = (strides[0], strides[1], strides[2])
    let inserter = inserter
    for group in 0..<groups {
      let base = 2 &* inserter.three(group)
      let (u, v) = (Place<L>(source + base), Place<L>(target + base))
      plane8(u, v, s0, s1, s2, angles, x, 0, isScaled)
      plane8(u, v, s0, s1, s2, angles, x, 1, isScaled)
    }
  }

  @inline(__always)
  private func plane8<L: LaneVector>(
    _ source: Place<L>, _ target: Place<L>, _ s0: Int, _ s1: Int,
    _ s2: Int,
    _ g: Angles<L>, _ x: Int, _ plane: Int, _ isScaled: Bool
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

  @inline(never)
  private func overlaps8<L: LaneVector, let x: Int>(
    _ psi: UnsafePointer<L>, _ lambda: UnsafePointer<L>, _ gradients: UnsafeMutablePointer<L>,
    _ axes: Axes<x>.Type
  ) {
    let (s0, s1, s2) = (strides[0], strides[1], strides[2])
    var t = Sums<L>()
    let inserter = inserter
    for group in 0..<groups {
      let base = 2 &* inserter.three(group)
      let (u, v) = (Place<L>(psi + base), Place<L>(lambda + base))
      overlapPlane8(u, v, s0, s1, s2, &t, x, 0)
      overlapPlane8(u, v, s0, s1, s2, &t, x, 1)
    }
    t.store(at: slots, count: 3, into: gradients)
  }

  @inline(__always)
  private func overlapPlane8<L: LaneVector>(
    _ u: Place<L>, _ v: Place<L>, _ s0: Int, _ s1: Int, _ s2: Int, _ t: inout Sums<L>,
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
    var d0 = RotationGroup.term(a0, a1, e0, e1, turned: RotationGroup.isTurned(0, 1, x, plane))
    var d1 = RotationGroup.term(a0, a2, e0, e2, turned: RotationGroup.isTurned(0, 2, x, plane))
    var d2 = RotationGroup.term(a0, a4, e0, e4, turned: RotationGroup.isTurned(0, 4, x, plane))
    RotationGroup.add(a2, a3, e2, e3, turned: RotationGroup.isTurned(2, 1, x, plane), to: &d0)
    RotationGroup.add(a1, a3, e1, e3, turned: RotationGroup.isTurned(1, 2, x, plane), to: &d1)
    RotationGroup.add(a1, a5, e1, e5, turned: RotationGroup.isTurned(1, 4, x, plane), to: &d2)
    RotationGroup.add(a4, a5, e4, e5, turned: RotationGroup.isTurned(4, 1, x, plane), to: &d0)
    RotationGroup.add(a4, a6, e4, e6, turned: RotationGroup.isTurned(4, 2, x, plane), to: &d1)
    RotationGroup.add(a2, a6, e2, e6, turned: RotationGroup.isTurned(2, 4, x, plane), to: &d2)
    RotationGroup.add(a6, a7, e6, e7, turned: RotationGroup.isTurned(6, 1, x, plane), to: &d0)
    RotationGroup.add(a5, a7, e5, e7, turned: RotationGroup.isTurned(5, 2, x, plane), to: &d1)
    RotationGroup.add(a3, a7, e3, e7, turned: RotationGroup.isTurned(3, 4, x, plane), to: &d2)
    t.s0 += d0
    t.s1 += d1
    t.s2 += d2
  }

  // MARK: Four amplitudes

  @inline(never)
  private func forward4<L: LaneVector, let x: Int, Form: RotationForm>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>,
    _ values: UnsafePointer<AngleValue<L>>, _ sign: Double, _ scale: L, _ axes: Axes<x>.Type,
    _ form: Form.Type
  ) {
    let angles = Angles<L>(self, values, sign, scale)
    let isScaled = Form.isScaled
    let (s0, s1) = (strides[0], strides[1])
    let inserter = inserter
    for group in 0..<groups {
      let base = 2 &* inserter.two(group)
      let (u, v) = (Place<L>(source + base), Place<L>(target + base))
      plane4(u, v, s0, s1, angles, x, 0, isScaled)
      plane4(u, v, s0, s1, angles, x, 1, isScaled)
    }
  }

  @inline(__always)
  private func plane4<L: LaneVector>(
    _ u: Place<L>, _ v: Place<L>, _ s0: Int, _ s1: Int, _ g: Angles<L>,
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

  @inline(never)
  private func overlaps4<L: LaneVector, let x: Int>(
    _ psi: UnsafePointer<L>, _ lambda: UnsafePointer<L>, _ gradients: UnsafeMutablePointer<L>,
    _ axes: Axes<x>.Type
  ) {
    let (s0, s1) = (strides[0], strides[1])
    var t = Sums<L>()
    let inserter = inserter
    for group in 0..<groups {
      let base = 2 &* inserter.two(group)
      let (u, v) = (Place<L>(psi + base), Place<L>(lambda + base))
      overlapPlane4(u, v, s0, s1, &t, x, 0)
      overlapPlane4(u, v, s0, s1, &t, x, 1)
    }
    t.store(at: slots, count: 2, into: gradients)
  }

  @inline(__always)
  private func overlapPlane4<L: LaneVector>(
    _ u: Place<L>, _ v: Place<L>, _ s0: Int, _ s1: Int,
    _ t: inout Sums<L>, _ x: Int, _ plane: Int
  ) {
    let (o0, r0) = (0, RotationGroup.part(0, x, plane))
    let (o1, r1) = (s0, RotationGroup.part(1, x, plane))
    let (o2, r2) = (s1, RotationGroup.part(2, x, plane))
    let (o3, r3) = (s0 &+ s1, RotationGroup.part(3, x, plane))
    let (a0, a1, a2, a3) = (u[o0, r0], u[o1, r1], u[o2, r2], u[o3, r3])
    let (e0, e1, e2, e3) = (v[o0, r0], v[o1, r1], v[o2, r2], v[o3, r3])
    t.s0 +=
      RotationGroup.term(a0, a1, e0, e1, turned: RotationGroup.isTurned(0, 1, x, plane))
      + RotationGroup.term(a2, a3, e2, e3, turned: RotationGroup.isTurned(2, 1, x, plane))
    t.s1 +=
      RotationGroup.term(a0, a2, e0, e2, turned: RotationGroup.isTurned(0, 2, x, plane))
      + RotationGroup.term(a1, a3, e1, e3, turned: RotationGroup.isTurned(1, 2, x, plane))
  }
}

/// Whether the product of the cosines goes into the last rotation, as a constant of the compiler.
private protocol RotationForm {
  static var isScaled: Bool { get }
}

private enum Scaled: RotationForm {
  @inline(__always) static var isScaled: Bool { true }
}

private enum Unscaled: RotationForm {
  @inline(__always) static var isScaled: Bool { false }
}

/// One place of a state, from which the amplitudes of a group have the same offsets everywhere.
struct Place<L: LaneVector>: BitwiseCopyable {
  private let start: UnsafeMutablePointer<L>

  @inline(__always)
  init(_ start: UnsafeMutablePointer<L>) {
    self.start = ctv_address(start).assumingMemoryBound(to: L.self)
  }

  @inline(__always)
  init(_ start: UnsafePointer<L>) { self.init(UnsafeMutablePointer(mutating: start)) }

  @inline(__always)
  subscript(offset: Int, part: Int) -> L {
    get { (start + offset)[part] }
    nonmutating set { (start + offset)[part] = newValue }
  }
}
