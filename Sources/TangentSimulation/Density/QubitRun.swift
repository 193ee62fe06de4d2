import CTangentVector
import TangentNumerics

/// One step of a run: a rotation about X, Y or Z (1 to 3) by a slot's angle, or a constant 4 x 4 transfer matrix, of which
/// the first row is 1, 0, 0, 0.
enum RunFactor: BitwiseCopyable {
  case rotation(letter: Int, slot: Int)
  case constant(UnsafePointer<Double>)
}

/// All that happens to one qubit between two operations on several: a product of rotations and channels, as a transfer
/// matrix of which every lane has its own. Its last three rows are kept, (3, 4).
struct QubitRun: BitwiseCopyable {
  static let coefficientCount = 12

  let factors: UnsafePointer<RunFactor>
  let count: Int
  /// Where its matrix and its sums lie among those of all runs.
  let number: Int
  /// Whether it leaves the identity as it is: then the first column is zero.
  let isUnital: Bool
  let wantsGradient: Bool
  let dependsOnFeatures: Bool

  /// The product of the first `count` factors. `prefixes`, where it is not nil, receives the product after each.
  @inline(never)
  func prepare(
    _ angles: UnsafePointer<SlotAngle>, into matrix: UnsafeMutablePointer<Lane>,
    prefixes: UnsafeMutablePointer<Lane>? = nil
  ) {
    for k in 0..<QubitRun.coefficientCount { matrix[k] = .zero }
    for row in 0..<3 { matrix[5 &* row &+ 1] = Lane(repeating: 1) }
    for k in 0..<count {
      switch factors[k] {
      case .rotation(let letter, let slot):
        let (v, w) = (4 &* (letter % 3), 4 &* ((letter &+ 1) % 3))
        let (c, s) = (angles[slot].cosine, angles[slot].sine)
        for b in 0..<4 {
          let (first, second) = (matrix[v &+ b], matrix[w &+ b])
          matrix[v &+ b] = ctv_fnma(s, second, ctv_mul(c, first))
          matrix[w &+ b] = ctv_fma(s, first, ctv_mul(c, second))
        }
      case .constant(let entries):
        for b in 0..<4 {
          let (x, y, z) = (matrix[b], matrix[4 &+ b], matrix[8 &+ b])
          for row in 0..<3 {
            let own = entries + 4 &* (row &+ 1)
            var sum = Lane(repeating: b == 0 ? own[0] : 0)
            sum = ctv_fma(Lane(repeating: own[1]), x, sum)
            sum = ctv_fma(Lane(repeating: own[2]), y, sum)
            matrix[4 &* row &+ b] = ctv_fma(Lane(repeating: own[3]), z, sum)
          }
        }
      }
      prefixes?.advanced(by: QubitRun.coefficientCount &* k)
        .update(from: matrix, count: QubitRun.coefficientCount)
    }
  }

  /// The derivatives for the run's slots from T_ab = sum over the rest of A_a (behind the run) r_b (before it), of which
  /// the last three rows are given.
  ///
  /// With P the product up to a rotation and W = F^T T, F the product of what follows, sum A_a r_b right behind the rotation
  /// is Y = W P^T, and turning v towards w changes the expectation by Y_wv - Y_vw. `moving` receives Y_vv + Y_ww, the part of the
  /// expectation that half a turn reverses.
  /// - Parameter scratch: `coefficientCount` lanes a factor, and as many more; overwrites `sums`.
  @inline(never)
  func differentiate(
    _ sums: UnsafeMutablePointer<Lane>, _ angles: UnsafePointer<SlotAngle>,
    scratch: UnsafeMutablePointer<Lane>, into gradients: UnsafeMutablePointer<Lane>,
    moving: UnsafeMutablePointer<Lane>
  ) {
    let prefixes = scratch + QubitRun.coefficientCount
    prepare(angles, into: scratch, prefixes: prefixes)
    for k in (0..<count).reversed() {
      let product = prefixes + QubitRun.coefficientCount &* k
      switch factors[k] {
      case .rotation(let letter, let slot):
        let (v, w) = (4 &* (letter % 3), 4 &* ((letter &+ 1) % 3))
        func pair(_ a: Int, _ b: Int) -> Lane {
          var sum = ctv_mul(sums[a], product[b])
          for c in 1..<4 { sum = ctv_fma(sums[a &+ c], product[b &+ c], sum) }
          return sum
        }
        gradients[slot] = ctv_sub(pair(w, v), pair(v, w))
        moving[slot] = ctv_add(pair(v, v), pair(w, w))
        let (c, s) = (angles[slot].cosine, angles[slot].sine)
        for b in 0..<4 {
          let (first, second) = (sums[v &+ b], sums[w &+ b])
          sums[v &+ b] = ctv_fma(s, second, ctv_mul(c, first))
          sums[w &+ b] = ctv_fnma(s, first, ctv_mul(c, second))
        }
      case .constant(let entries):
        for b in 0..<4 {
          let (x, y, z) = (sums[b], sums[4 &+ b], sums[8 &+ b])
          for a in 0..<3 {
            var sum = ctv_mul(Lane(repeating: entries[5 &+ a]), x)
            sum = ctv_fma(Lane(repeating: entries[9 &+ a]), y, sum)
            sums[4 &* a &+ b] = ctv_fma(Lane(repeating: entries[13 &+ a]), z, sum)
          }
        }
      }
    }
  }
}

/// Cosine and sine of a slot's angle.
struct SlotAngle: BitwiseCopyable {
  static let lanes = 2
  var cosine: Lane
  var sine: Lane
}
