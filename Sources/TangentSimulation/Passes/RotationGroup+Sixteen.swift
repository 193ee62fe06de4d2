import CTangentVector

/// Four Y rotations: sixteen amplitudes in a walk, for processors with the registers for them. Real and imaginary parts
/// go each for themselves.
///
/// Not for X rotations, whose mixed parts the compiler does not keep in registers at this size, and not in single
/// precision, where three tangents would leave the range of a number.
extension RotationGroup {
  /// How many rotations a group may have.
  static func widest(areAllY: Bool, _ precision: Precision) -> Int {
    areAllY && precision == .double && ctv_has_many_registers() ? 4 : 3
  }

  @inline(never)
  func forward16<L: LaneVector, Form: RotationForm>(
    _ source: UnsafeMutablePointer<L>, _ target: UnsafeMutablePointer<L>,
    _ values: UnsafePointer<AngleValue<L>>, _ sign: Double, _ scale: L, _ form: Form.Type
  ) {
    let angles = Angles<L>(self, values, sign, scale)
    let (strides, inserter) = (strides, inserter)
    for group in 0..<groups {
      let base = 2 &* inserter.four(group)
      let (u, v) = (Place<L>(source + base), Place<L>(target + base))
      RotationGroup.rotate16(u, v, strides, angles, part: 0, Form.isScaled)
      RotationGroup.rotate16(u, v, strides, angles, part: 1, Form.isScaled)
    }
  }

  @inline(__always)
  private static func rotate16<L: LaneVector>(
    _ source: Place<L>, _ target: Place<L>, _ strides: SIMD4<Int>, _ g: Angles<L>, part: Int, _ isScaled: Bool
  ) {
    var low = Octet(source, at: 0, strides, part)
    var high = Octet(source, at: strides[3], strides, part)
    low.rotate(g)
    high.rotate(g)
    rotateLast(&low.a0, &high.a0, g.t3, g, turned: false, isScaled: isScaled)
    rotateLast(&low.a1, &high.a1, g.t3, g, turned: false, isScaled: isScaled)
    rotateLast(&low.a2, &high.a2, g.t3, g, turned: false, isScaled: isScaled)
    rotateLast(&low.a3, &high.a3, g.t3, g, turned: false, isScaled: isScaled)
    rotateLast(&low.a4, &high.a4, g.t3, g, turned: false, isScaled: isScaled)
    rotateLast(&low.a5, &high.a5, g.t3, g, turned: false, isScaled: isScaled)
    rotateLast(&low.a6, &high.a6, g.t3, g, turned: false, isScaled: isScaled)
    rotateLast(&low.a7, &high.a7, g.t3, g, turned: false, isScaled: isScaled)
    low.store(target, at: 0, strides, part)
    high.store(target, at: strides[3], strides, part)
  }

  @inline(never)
  func overlaps16<L: LaneVector>(
    _ psi: UnsafePointer<L>, _ lambda: UnsafePointer<L>, _ gradients: UnsafeMutablePointer<L>
  ) {
    let (strides, inserter) = (strides, inserter)
    var sums = FourSums<L>()
    for group in 0..<groups {
      let base = 2 &* inserter.four(group)
      let (u, v) = (Place<L>(psi + base), Place<L>(lambda + base))
      RotationGroup.add16(u, v, strides, part: 0, to: &sums)
      RotationGroup.add16(u, v, strides, part: 1, to: &sums)
    }
    gradients[slots[0]] = sums.p0 - sums.m0
    gradients[slots[1]] = sums.p1 - sums.m1
    gradients[slots[2]] = sums.p2 - sums.m2
    gradients[slots[3]] = sums.p3 - sums.m3
  }

  /// Amplitudes of psi stay in registers, those of lambda come one after the other and meet the four that differ in a bit.
  @inline(__always)
  private static func add16<L: LaneVector>(
    _ psi: Place<L>, _ lambda: Place<L>, _ strides: SIMD4<Int>, part: Int, to sums: inout FourSums<L>
  ) {
    let low = Octet(psi, at: 0, strides, part)
    let high = Octet(psi, at: strides[3], strides, part)
    @inline(__always) func element(_ j: Int) -> L {
      lambda[Octet<L>.offset(j, strides) &+ (j & 8 != 0 ? strides[3] : 0), part]
    }
    sums.add(element(0), 0, low.a1, low.a2, low.a4, high.a0)
    sums.add(element(1), 1, low.a0, low.a3, low.a5, high.a1)
    sums.add(element(2), 2, low.a3, low.a0, low.a6, high.a2)
    sums.add(element(3), 3, low.a2, low.a1, low.a7, high.a3)
    sums.add(element(4), 4, low.a5, low.a6, low.a0, high.a4)
    sums.add(element(5), 5, low.a4, low.a7, low.a1, high.a5)
    sums.add(element(6), 6, low.a7, low.a4, low.a2, high.a6)
    sums.add(element(7), 7, low.a6, low.a5, low.a3, high.a7)
    sums.add(element(8), 8, high.a1, high.a2, high.a4, low.a0)
    sums.add(element(9), 9, high.a0, high.a3, high.a5, low.a1)
    sums.add(element(10), 10, high.a3, high.a0, high.a6, low.a2)
    sums.add(element(11), 11, high.a2, high.a1, high.a7, low.a3)
    sums.add(element(12), 12, high.a5, high.a6, high.a0, low.a4)
    sums.add(element(13), 13, high.a4, high.a7, high.a1, low.a5)
    sums.add(element(14), 14, high.a7, high.a4, high.a2, low.a6)
    sums.add(element(15), 15, high.a6, high.a5, high.a3, low.a7)
  }
}

/// Real or imaginary parts of the eight amplitudes that three bits tell apart.
private struct Octet<L: LaneVector> {
  var a0: L
  var a1: L
  var a2: L
  var a3: L
  var a4: L
  var a5: L
  var a6: L
  var a7: L

  @inline(__always)
  init(_ place: Place<L>, at first: Int, _ strides: SIMD4<Int>, _ part: Int) {
    @inline(__always) func element(_ j: Int) -> L { place[first &+ Octet.offset(j, strides), part] }
    (a0, a1, a2, a3) = (element(0), element(1), element(2), element(3))
    (a4, a5, a6, a7) = (element(4), element(5), element(6), element(7))
  }

  /// By the first three tangents.
  @inline(__always)
  mutating func rotate(_ g: RotationGroup.Angles<L>) {
    RotationGroup.rotate(&a0, &a1, g.t0, turned: false)
    RotationGroup.rotate(&a2, &a3, g.t0, turned: false)
    RotationGroup.rotate(&a4, &a5, g.t0, turned: false)
    RotationGroup.rotate(&a6, &a7, g.t0, turned: false)
    RotationGroup.rotate(&a0, &a2, g.t1, turned: false)
    RotationGroup.rotate(&a1, &a3, g.t1, turned: false)
    RotationGroup.rotate(&a4, &a6, g.t1, turned: false)
    RotationGroup.rotate(&a5, &a7, g.t1, turned: false)
    RotationGroup.rotate(&a0, &a4, g.t2, turned: false)
    RotationGroup.rotate(&a1, &a5, g.t2, turned: false)
    RotationGroup.rotate(&a2, &a6, g.t2, turned: false)
    RotationGroup.rotate(&a3, &a7, g.t2, turned: false)
  }

  @inline(__always)
  func store(_ place: Place<L>, at first: Int, _ strides: SIMD4<Int>, _ part: Int) {
    @inline(__always) func set(_ j: Int, _ value: L) {
      place[first &+ Octet.offset(j, strides), part] = value
    }
    set(0, a0)
    set(1, a1)
    set(2, a2)
    set(3, a3)
    set(4, a4)
    set(5, a5)
    set(6, a6)
    set(7, a7)
  }

  /// Where element j, of eight, lies behind the first.
  @inline(__always)
  static func offset(_ j: Int, _ strides: SIMD4<Int>) -> Int {
    (j & 1 != 0 ? strides[0] : 0) &+ (j & 2 != 0 ? strides[1] : 0) &+ (j & 4 != 0 ? strides[2] : 0)
  }
}

/// The two halves of four overlaps, as in `RotationGroup.Sums`.
private struct FourSums<L: LaneVector> {
  var p0 = L.zero
  var m0 = L.zero
  var p1 = L.zero
  var m1 = L.zero
  var p2 = L.zero
  var m2 = L.zero
  var p3 = L.zero
  var m3 = L.zero

  /// Adds the products of lambda's element j with those of psi that differ in bit 0, 1, 2 and 3: to the first half where
  /// lambda has the bit.
  @inline(__always)
  mutating func add(_ e: L, _ j: Int, _ a: L, _ b: L, _ c: L, _ d: L) {
    if j & 1 != 0 { p0 = L.fma(e, a, p0) } else { m0 = L.fma(e, a, m0) }
    if j & 2 != 0 { p1 = L.fma(e, b, p1) } else { m1 = L.fma(e, b, m1) }
    if j & 4 != 0 { p2 = L.fma(e, c, p2) } else { m2 = L.fma(e, c, m2) }
    if j & 8 != 0 { p3 = L.fma(e, d, p3) } else { m3 = L.fma(e, d, m3) }
  }
}
