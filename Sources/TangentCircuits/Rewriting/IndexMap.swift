/// An invertible affine map of basis indices over GF(2), f(i) = A i ^ b, and with it the unitary P|i> = |f(i)>.
///
/// X, CX, SWAP and all their products are such maps. They turn Pauli strings into Pauli strings, so that circuits can
/// be rewritten around them instead of moving amplitudes.
public struct IndexMap: Sendable, Equatable {
  /// Bit k of f(i) is the parity of i & rows[k], turned by bit k of the offset.
  public private(set) var rows: [UInt64]
  public private(set) var offset: UInt64 = 0

  public var bitCount: Int { rows.count }

  /// The identity.
  public init(bitCount: Int) { rows = (0..<UInt64(bitCount)).map { 1 << $0 } }

  /// A permutation of the local indices on some bits, the first of them the most significant; nil if it is not affine.
  public init?(image: [Int], bits: [Int], bitCount: Int) {
    self.init(bitCount: bitCount)
    for (place, bit) in bits.reversed().enumerated() {
      func isSet(_ local: Int) -> Bool { image[local] >> place & 1 == 1 }
      var (row, columns) = (UInt64(0), 0)
      for (k, input) in bits.reversed().enumerated() where isSet(1 << k) != isSet(0) {
        row |= 1 << UInt64(input)
        columns |= 1 << k
      }
      for local in image.indices
      where ((local & columns).nonzeroBitCount & 1 == 1) != (isSet(local) != isSet(0)) {
        return nil
      }
      rows[bit] = row
      if isSet(0) { offset |= 1 << UInt64(bit) }
    }
  }

  public var isIdentity: Bool { offset == 0 && (0..<bitCount).allSatisfy(keeps) }

  /// Whether bits only change places or are turned: X, SWAP and their products.
  public var isRelabelling: Bool { rows.allSatisfy { $0.nonzeroBitCount == 1 } }

  /// Whether f leaves this bit of every index as it is.
  public func keeps(_ bit: Int) -> Bool { rows[bit] == 1 << UInt64(bit) && offset >> UInt64(bit) & 1 == 0 }

  /// The bits that f changes or that such changes depend on.
  public var support: UInt64 {
    (0..<bitCount).reduce(0) { keeps($1) ? $0 : $0 | rows[$1] | 1 << UInt64($1) }
  }

  public func image(of index: UInt64) -> UInt64 { linear(index) ^ offset }

  private func linear(_ index: UInt64) -> UInt64 {
    rows.enumerated().reduce(0) { $0 | UInt64(($1.element & index).nonzeroBitCount & 1) << UInt64($1.offset) }
  }

  /// First this map, then the next one.
  public func followed(by next: IndexMap) -> IndexMap {
    var result = self
    result.rows = next.rows.map(pullBack)
    result.offset = next.image(of: offset)
    return result
  }

  /// A^T mask: the indices with odd parity under it are those whose images, but for the offset, have it under `mask`.
  private func pullBack(_ mask: UInt64) -> UInt64 {
    rows.enumerated().reduce(0) { mask >> UInt64($1.offset) & 1 == 1 ? $0 ^ $1.element : $0 }
  }

  /// f^-1, by elimination on A beside the identity.
  public var inverse: IndexMap {
    var (left, result) = (rows, IndexMap(bitCount: bitCount))
    for column in 0..<bitCount {
      let bit = UInt64(1) << UInt64(column)
      let pivot = (column..<bitCount).first { left[$0] & bit != 0 }!
      left.swapAt(column, pivot)
      result.rows.swapAt(column, pivot)
      for row in 0..<bitCount where row != column && left[row] & bit != 0 {
        left[row] ^= left[column]
        result.rows[row] ^= result.rows[column]
      }
    }
    result.offset = result.linear(offset)
    return result
  }

  /// P^dagger S P of a Pauli string S: again a Pauli string, or minus one.
  ///
  /// P^dagger X^x P = X^(A^-1 x) and P^dagger Z^z P = (-1)^(z.b) Z^(A^T z). A string is i^(number of Y) X^x Z^z, and the
  /// numbers of Y before and after differ by an even one, half of which is a sign too.
  public func pullBack(_ string: PauliString) -> (string: PauliString, isNegative: Bool) {
    let (givenX, givenZ) = (UInt64(string.x), UInt64(string.z))
    let x = givenX == 0 ? 0 : inverse.linear(givenX)
    let result = PauliString(x: QubitMask(x), z: QubitMask(pullBack(givenZ)))
    let turns = (givenZ & offset).nonzeroBitCount + (string.countOfY - result.countOfY) / 2
    return (result, !turns.isMultiple(of: 2))
  }

  /// All indices in order with their images, one exclusive or each.
  @inlinable
  public func forEachImage(_ body: (_ index: Int, _ image: Int) -> Void) {
    // Counting from i to i + 1 turns the lowest bits up to the lowest 0 of i.
    let steps = (0..<bitCount).map { Int(self.image(of: (2 << UInt64($0)) - 1) ^ offset) }
    var image = Int(offset)
    for index in 0..<(1 << bitCount) {
      body(index, image)
      let turned = (~index).trailingZeroBitCount
      if turned < bitCount { image ^= steps[turned] }
    }
  }
}
