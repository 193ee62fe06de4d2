import CTangentVector
import TangentCircuits
import TangentNumerics

/// exp(-i angle P/2) of a string P on several qubits: strings S that anticommute with P turn towards i P S, which is a
/// string or minus one.
struct StringRotation: BitwiseCopyable {
  /// Two strings on P's qubits, and 1 or -1: first' = c first + sign s second.
  private struct Pair: BitwiseCopyable {
    let first: Int
    let second: Int
    let sign: Double
  }

  let slot: Int
  let wantsGradient: Bool
  private let pairs: UnsafePointer<Pair>
  private let pairCount: Int
  private let mask: Int
  private let size: Int

  init(_ string: PauliString, slot: Int, wantsGradient: Bool, register n: Int, arena: Arena) {
    self.slot = slot
    self.wantsGradient = wantsGradient
    let places = DigitPlaces(Bits.qubits(of: string.support, register: n), register: n)
    let number = PauliDigits.number(string, qubitCount: n)
    var pairs: [Pair] = []
    for first in places.offsets {
      let (own, second) = (PauliDigits.string(first, qubitCount: n), first ^ number)
      guard first < second, !own.commutes(with: string) else { continue }
      pairs.append(
        Pair(
          first: first, second: second,
          sign: string.isPositiveTimesI(own, is: PauliDigits.string(second, qubitCount: n)) ? 1 : -1))
    }
    self.pairs = arena.copy(pairs)
    pairCount = pairs.count
    mask = places.mask
    size = 1 << (2 * n)
  }

  @inline(never)
  func forward(_ source: UnsafePointer<Lane>, _ target: UnsafeMutablePointer<Lane>, _ angle: SlotAngle) {
    target.update(from: source, count: size)
    var base = 0
    while base < size {
      for k in 0..<pairCount {
        let (a, b) = (base | pairs[k].first, base | pairs[k].second)
        let sine = ctv_mul(angle.sine, Lane(repeating: pairs[k].sign))
        let (first, second) = (target[a], target[b])
        target[a] = ctv_fma(sine, second, ctv_mul(angle.cosine, first))
        target[b] = ctv_fnma(sine, first, ctv_mul(angle.cosine, second))
      }
      base = DigitPlaces.next(base, mask)
    }
  }

  /// Pulls A back; `state` is what the rotation acted on, needed for derivatives alone. Of what `QubitRun` says of both
  /// results, sums over pairs.
  @inline(never)
  func backward(
    _ observable: UnsafeMutablePointer<Lane>, before state: UnsafePointer<Lane>?, _ angle: SlotAngle,
    gradient: UnsafeMutablePointer<Lane>, moving: UnsafeMutablePointer<Lane>
  ) {
    var (slope, part) = (Lane.zero, Lane.zero)
    var base = 0
    while base < size {
      for k in 0..<pairCount {
        let (a, b) = (base | pairs[k].first, base | pairs[k].second)
        let sign = Lane(repeating: pairs[k].sign)
        let sine = ctv_mul(angle.sine, sign)
        let (first, second) = (observable[a], observable[b])
        let newFirst = ctv_fnma(sine, second, ctv_mul(angle.cosine, first))
        let newSecond = ctv_fma(sine, first, ctv_mul(angle.cosine, second))
        (observable[a], observable[b]) = (newFirst, newSecond)
        if let state {
          let (ra, rb) = (state[a], state[b])
          slope = ctv_fma(sign, ctv_fnma(newSecond, ra, ctv_mul(newFirst, rb)), slope)
          part = ctv_fma(newFirst, ra, ctv_fma(newSecond, rb, part))
        }
      }
      base = DigitPlaces.next(base, mask)
    }
    if state != nil {
      gradient.pointee = slope
      moving.pointee = part
    }
  }
}

extension PauliString {
  /// Whether i times this string times `other` is `product` rather than minus it; the two anticommute.
  fileprivate func isPositiveTimesI(_ other: PauliString, is product: PauliString) -> Bool {
    // On |0>: other|0> = i^p |x>, this on |x> = i^q |x ^ x'>, product|0> = i^r.
    let power =
      1 + other.phasePower(column: 0) + phasePower(column: UInt64(other.x)) - product.phasePower(column: 0)
    return power & 3 == 0
  }
}
