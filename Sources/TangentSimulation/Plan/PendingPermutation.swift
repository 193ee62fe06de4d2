import TangentCircuits
import TangentNumerics

/// Permutations of basis states (CX, CCX and the like) on their way into one pass, with what they make of the
/// operations that come after them: G P = P (P^dagger G P).
struct PendingPermutation {
  /// A permutation of the local indices on some bits, the first of them the most significant.
  struct Factor: Equatable {
    let image: [Int]
    let bits: [Int]
  }

  /// In the order of their action.
  private(set) var factors: [Factor] = []
  /// All of it; nil where a factor is not affine.
  private var map: IndexMap?
  private let indexBits: Int

  init(indexBits: Int) {
    self.indexBits = indexBits
    map = IndexMap(bitCount: indexBits)
  }

  var isEmpty: Bool { factors.isEmpty }

  /// The bits that the permutation changes or looks at.
  var support: Int {
    if let map { return Int(map.support) }
    return Bits.mask(of: factors.flatMap(\.bits))
  }

  mutating func append(_ factor: Factor) {
    factors.append(factor)
    map = map.flatMap { map in
      IndexMap(image: factor.image, bits: factor.bits, bitCount: indexBits).map(map.followed)
    }
    if let map, map.isIdentity { factors = [] }
  }

  /// The image of every index.
  func image() -> [UInt32] {
    var result = (0..<UInt32(1 << indexBits)).map { $0 }
    for factor in factors {
      let offsets = BitInserter.offsets(ofBits: factor.bits).map(UInt32.init)
      let outside = ~offsets[offsets.count - 1]
      for k in result.indices {
        let local = Int(Bits.gathered(result[k], at: factor.bits))
        result[k] = result[k] & outside | offsets[factor.image[local]]
      }
    }
    return result
  }

  /// Z on the bits of a mask as it is before the permutation; nil where it is no such product there.
  func pullBack(mask: Int) -> (mask: Int, isNegative: Bool)? {
    if mask & support == 0 { return (mask, false) }
    guard let (string, isNegative) = map?.pullBack(PauliString(x: 0, z: QubitMask(mask))) else { return nil }
    return (Int(string.z), isNegative)
  }

  /// A rotation as it is before the permutation; nil where it is none there, or one about several qubits instead of one.
  func pullBack(
    _ rotation: PendingRotations.Rotation
  ) -> (rotation: PendingRotations.Rotation, isNegative: Bool)? {
    if rotation.support & support == 0 { return (rotation, false) }
    guard rotation.controls == 0, let map else { return nil }
    let (string, isNegative) = map.pullBack(PauliString(x: QubitMask(rotation.x), z: QubitMask(rotation.z)))
    let result = PendingRotations.Rotation(
      slot: rotation.slot, x: Int(string.x), z: Int(string.z), controls: 0)
    return rotation.isPlain && !result.isPlain ? nil : (result, isNegative)
  }
}
