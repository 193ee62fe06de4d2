import TangentNumerics

/// Which amplitudes a tile holds, and how they come there and back.
///
/// A single state lies in memory with its two lowest index bits in the lanes: vector v holds amplitudes 4v to 4v + 3,
/// real parts, then imaginary parts. A tile takes the vectors that differ in `memoryBits`. Where operations mix bit 0 or
/// 1, these two change places with two other bits of the tile, so that no pass ever crosses lanes.
struct TileShape: BitwiseCopyable {
  /// Bits of the tile's index.
  let indexBits: Int
  let tileCount: Int
  /// What of a tile may be other than zero before a stage and after it.
  private let before: TileRuns
  private let after: TileRuns
  /// Register bits that number the tiles, ascending.
  private let outerBits: UnsafePointer<Int>
  private let outerCount: Int
  /// The tile's index bits that bits 0 and 1 move to, and the register bits in the lanes then.
  private let exchange: (Int, Int)?
  private let laneBits: (Int, Int)

  /// - Parameters:
  ///   - mixing: the register bits that must be index bits; with bit 0 or 1 both of them are.
  ///   - support: the bits that amplitudes other than zero may have set, before the stage and after it.
  static func make(
    register n: Int, mixing: Int, capacity: Int, support: (before: Int, after: Int), arena: Arena
  ) -> (shape: TileShape, placement: Placement) {
    let (memory, lanes) = bits(register: n, mixing: mixing, capacity: capacity, support: support.after)
    let isExchanged = mixing & 0b11 != 0
    var places = [Int?](repeating: nil, count: n)
    for (place, bit) in memory.enumerated() { places[bit] = place }
    var exchange: (Int, Int)?
    if isExchanged {
      exchange = (places[lanes[0]]!, places[lanes[1]]!)
      (places[0], places[1]) = exchange!
      (places[lanes[0]], places[lanes[1]]) = (nil, nil)
    }
    return (
      TileShape(
        register: n, memoryBits: memory, support: support, exchange: exchange,
        laneBits: (lanes[0], lanes[1]), arena: arena),
      Placement(register: n, places: places, lanes: 1 << lanes[0] | 1 << lanes[1])
    )
  }

  /// Tiles of fewer bits take more of the lowest that are free: memory is read in runs, and the work around a tile pays.
  private static let filledBits = 9

  /// The bits of a tile's vectors in memory, ascending, and those in the lanes. Only bits that have come in
  /// fill it.
  static func bits(
    register n: Int, mixing: Int, capacity: Int, support: Int
  ) -> (memory: [Int], lanes: [Int]) {
    var memory = (2..<n).filter { mixing >> $0 & 1 == 1 }
    let waiting = (2..<n).filter { mixing >> $0 & 1 == 0 && support >> $0 & 1 == 0 }
    var free = (2..<n).filter { mixing >> $0 & 1 == 0 && support >> $0 & 1 == 1 }
    var lanes = [0, 1]
    if mixing & 0b11 != 0 {
      lanes = Array((free + waiting).prefix(2)).sorted()
      memory += lanes
      free.removeFirst(min(2, free.count))
    }
    return ((memory + free.prefix(max(0, min(capacity, filledBits) - memory.count))).sorted(), lanes)
  }

  private init(
    register n: Int, memoryBits: [Int], support: (before: Int, after: Int), exchange: (Int, Int)?,
    laneBits: (Int, Int), arena: Arena
  ) {
    indexBits = memoryBits.count
    tileCount = 1 << (n - 2 - memoryBits.count)
    before = TileRuns(memoryBits: memoryBits, support: support.before, arena: arena)
    after = TileRuns(memoryBits: memoryBits, support: support.after, arena: arena)
    let outer = (2..<n).filter { !memoryBits.contains($0) }
    outerBits = arena.copy(outer)
    outerCount = outer.count
    self.exchange = exchange
    self.laneBits = laneBits
  }

  /// The first vector of a tile.
  @inline(__always)
  private func base(_ tile: Int) -> Int {
    var result = 0
    for k in 0..<outerCount { result |= (tile &>> k & 1) &<< (outerBits[k] &- 2) }
    return result
  }

  /// The register bits of a tile and lane that are not index bits.
  @inline(__always)
  func outside(tile: Int, lane: Int) -> Int {
    base(tile) &<< 2 | (lane & 1) &<< laneBits.0 | (lane &>> 1) &<< laneBits.1
  }

  /// A condition's factor in every lane of a tile.
  func factors(_ condition: OutsideCondition, tile: Int) -> Lane {
    var result = Lane.zero
    for lane in 0..<Lane.scalarCount { result[lane] = condition.factor(outside(tile: tile, lane: lane)) }
    return result
  }

  var laneMask: Int { 1 << laneBits.0 | 1 << laneBits.1 }

  /// Whether the only tile is the whole state as it lies, and all of it counts.
  var isWholeState: Bool { tileCount == 1 && before.isWhole }

  /// A tile as it is before the stage, or after it.
  func gather(
    _ state: UnsafeMutablePointer<Lane>, _ tile: Int, into target: UnsafeMutablePointer<Lane>, _ side: Side
  ) {
    runs(side).gather(state + 2 &* base(tile), into: target)
  }

  func scatter(
    _ source: UnsafeMutablePointer<Lane>, _ tile: Int, into state: UnsafeMutablePointer<Lane>, _ side: Side
  ) {
    runs(side).scatter(source, into: state + 2 &* base(tile))
  }

  enum Side {
    case before
    case after
  }

  @inline(__always)
  private func runs(_ side: Side) -> TileRuns { side == .before ? before : after }

  /// Lets bits 0 and 1 change places with the exchange bits, in a gathered tile; its own inverse.
  @inline(never)
  func exchangeLanes(_ tile: UnsafeMutablePointer<Lane>) {
    guard let exchange else { return }
    let inserter = BitInserter([exchange.0, exchange.1])
    let (a, b) = (2 &<< exchange.0, 2 &<< exchange.1)
    for group in 0..<(1 &<< (indexBits &- 2)) {
      let start = tile + 2 &* inserter.two(group)
      for part in 0..<2 {
        let p = start + part
        (p[0], p[a], p[b], p[a &+ b]) = transposed(p[0], p[a], p[b], p[a &+ b])
      }
    }
  }
}

/// The vectors of a tile whose amplitudes may be other than zero, in runs that lie together in memory as well.
private struct TileRuns: BitwiseCopyable {
  private struct Run: BitwiseCopyable {
    let tile: Int
    let memory: Int
  }

  private let runs: UnsafePointer<Run>
  private let count: Int
  private let length: Int
  private let vectors: Int
  /// Whether no vector is left out.
  let isWhole: Bool

  init(memoryBits: [Int], support: Int, arena: Arena) {
    let contiguous = memoryBits.enumerated().prefix {
      $0.offset + 2 == $0.element && support >> $0.element & 1 == 1
    }
    .count
    let others = memoryBits.enumerated().dropFirst(contiguous).filter { support >> $0.element & 1 == 1 }
    length = 1 << contiguous
    vectors = 1 << memoryBits.count
    runs = arena.copy(
      (0..<(1 << others.count)).map { number in
        others.enumerated().reduce(Run(tile: 0, memory: 0)) { run, bit in
          guard number >> bit.offset & 1 == 1 else { return run }
          return Run(
            tile: run.tile | 1 << bit.element.offset, memory: run.memory | 1 << (bit.element.element - 2))
        }
      })
    count = 1 << others.count
    isWhole = count * length == vectors
  }

  /// Fills a tile from the state, which is read where the tile begins; what is left out is zero.
  func gather(_ state: UnsafeMutablePointer<Lane>, into tile: UnsafeMutablePointer<Lane>) {
    if !isWhole { tile.update(repeating: .zero, count: 2 &* vectors) }
    for k in 0..<count {
      (tile + 2 &* runs[k].tile).update(from: state + 2 &* runs[k].memory, count: 2 &* length)
    }
  }

  func scatter(_ tile: UnsafeMutablePointer<Lane>, into state: UnsafeMutablePointer<Lane>) {
    for k in 0..<count {
      (state + 2 &* runs[k].memory).update(from: tile + 2 &* runs[k].tile, count: 2 &* length)
    }
  }
}
