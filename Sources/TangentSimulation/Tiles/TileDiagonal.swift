import CTangentVector
import TangentCircuits
import TangentNumerics

/// The diagonal of an observable on tiles: the numbers of a tile come from the observable's Z strings by a
/// Walsh-Hadamard transform over the tile's index bits, so that there is no table of the whole diagonal.
struct TileDiagonal {
  private struct Term: BitwiseCopyable {
    let mask: Int
    let condition: OutsideCondition
    let coefficient: Double
  }

  private struct Projector: BitwiseCopyable {
    let index: Int
    let outside: Int
    let coefficient: Double
  }

  /// The diagonal of one tile, kept as long as tiles that follow have the same but for a constant.
  struct Values {
    let entries: UnsafeMutablePointer<Lane>
    fileprivate var key: UInt64?

    init(entries: UnsafeMutablePointer<Lane>) { self.entries = entries }
  }

  let amplitudes: Int
  private let shape: TileShape
  /// Strings that lie within the index bits in part, and those wholly outside.
  private let terms: [Term]
  private let constants: [Term]
  private let projectors: [Projector]
  /// The conditions by which terms differ between tiles; none if there are too many to be told apart by a key.
  private let crossing: [OutsideCondition]?

  /// Takes the Z strings and projectors of an observable.
  init(_ observable: Observable, _ shape: TileShape, _ placement: Placement) {
    amplitudes = placement.amplitudes
    self.shape = shape
    let all = observable.paulis.filter(\.string.isDiagonal).map { term in
      let (inside, outside) = placement.split(Int(term.string.z))
      return Term(mask: inside, condition: .init(signs: outside), coefficient: term.coefficient)
    }
    terms = all.filter { $0.mask != 0 }
    constants = all.filter { $0.mask == 0 }
    projectors = observable.projectors.map { projector in
      let (inside, outside) = placement.split(Int(projector.index))
      return Projector(index: inside, outside: outside, coefficient: projector.coefficient)
    }
    var crossing: [OutsideCondition] = []
    for term in terms where term.condition.signs & ~shape.laneMask != 0 {
      if !crossing.contains(term.condition) { crossing.append(term.condition) }
    }
    self.crossing =
      shape.tileCount == 1 ? [] : crossing.count <= 64 && projectors.isEmpty ? crossing : nil
  }

  var isZero: Bool { terms.isEmpty && constants.isEmpty && projectors.isEmpty }

  /// Equal for tiles whose diagonals differ by a constant only; nil if that is not known.
  func key(_ tile: Int) -> UInt64? {
    guard let crossing else { return nil }
    let outside = shape.outside(tile: tile, lane: 0)
    return crossing.reduce(0) { $0 << 1 | ($1.factor(outside) < 0 ? 1 : 0) }
  }

  /// Brings `values` to a tile; the diagonal is what they hold plus the constant returned.
  func fill(_ values: inout Values, _ tile: Int) -> Lane {
    let constant = constants.reduce(Lane.zero) {
      $0 + $1.coefficient * shape.factors($1.condition, tile: tile)
    }
    let key = key(tile)
    if key != nil, key == values.key { return constant }
    values.key = key
    let entries = values.entries
    entries.update(repeating: .zero, count: amplitudes)
    for term in terms { entries[term.mask] += term.coefficient * shape.factors(term.condition, tile: tile) }
    var half = 1
    while half < amplitudes {
      for start in stride(from: 0, to: amplitudes, by: 2 &* half) {
        for k in start..<(start &+ half) {
          let (a, b) = (entries[k], entries[k &+ half])
          entries[k] = a + b
          entries[k &+ half] = a - b
        }
      }
      half <<= 1
    }
    for projector in projectors {
      for lane in 0..<Lane.scalarCount
      where shape.outside(tile: tile, lane: lane) == projector.outside {
        entries[projector.index][lane] += projector.coefficient
      }
    }
    return constant
  }

  /// The sum over a tile of (values + constant) |psi|^2, a lane each.
  @inline(__always)
  static func expectation(
    _ values: UnsafePointer<Lane>, _ constant: Lane, _ psi: UnsafePointer<Lane>, count: Int
  ) -> Lane {
    var sum = Lane.zero
    for k in 0..<count {
      let (re, im) = (psi[2 &* k], psi[2 &* k &+ 1])
      sum = ctv_fma(values[k] + constant, ctv_fma(re, re, im * im), sum)
    }
    return sum
  }

  /// The same; leaves (values + constant) psi in lambda.
  @inline(__always)
  static func seed(
    _ values: UnsafePointer<Lane>, _ constant: Lane, _ psi: UnsafePointer<Lane>,
    into lambda: UnsafeMutablePointer<Lane>, count: Int
  ) -> Lane {
    var sum = Lane.zero
    for k in 0..<count {
      let (re, im, d) = (psi[2 &* k], psi[2 &* k &+ 1], values[k] + constant)
      let (a, b) = (d * re, d * im)
      lambda[2 &* k] = a
      lambda[2 &* k &+ 1] = b
      sum = ctv_fma(a, re, ctv_fma(b, im, sum))
    }
    return sum
  }
}
