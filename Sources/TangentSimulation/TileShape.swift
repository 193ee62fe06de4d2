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
  private let runs: UnsafePointer<Int>
  private let runCount: Int
  private let runLength: Int
  /// Register bits that number the tiles, ascending.
  private let outerBits: UnsafePointer<Int>
  private let outerCount: Int
  /// The tile's index bits that bits 0 and 1 move to, and the register bits in the lanes then.
  private let exchange: (Int, Int)?
  private let laneBits: (Int, Int)

  /// - Parameters:
  ///   - mixing: the register bits that must be index bits; with bit 0 or 1 both of them are.
  static func make(
    register n: Int, mixing: Int, capacity: Int, arena: Arena
  ) -> (shape: TileShape, placement: Placement) {
    var free = (2..<n).filter { mixing >> $0 & 1 == 0 }
    let isExchanged = mixing & 0b11 != 0
    var memory = (2..<n).filter { mixing >> $0 & 1 == 1 }
    var lanes = (0, 1)
    if isExchanged {
      lanes = (free[0], free[1])
      memory += free.prefix(2)
      free.removeFirst(2)
    }
    memory = (memory + free.prefix(capacity - memory.count)).sorted()
    var places = [Int?](repeating: nil, count: n)
    for (place, bit) in memory.enumerated() { places[bit] = place }
    var exchange: (Int, Int)?
    if isExchanged {
      exchange = (places[lanes.0]!, places[lanes.1]!)
      (places[0], places[1]) = exchange!
      (places[lanes.0], places[lanes.1]) = (nil, nil)
    }
    return (
      TileShape(register: n, memoryBits: memory, exchange: exchange, laneBits: lanes, arena: arena),
      Placement(register: n, places: places)
    )
  }

  private init(
    register n: Int, memoryBits: [Int], exchange: (Int, Int)?, laneBits: (Int, Int), arena: Arena
  ) {
    indexBits = memoryBits.count
    tileCount = 1 << (n - 2 - memoryBits.count)
    let contiguous = memoryBits.enumerated().prefix { $0.offset + 2 == $0.element }.count
    runLength = 1 << contiguous
    runCount = 1 << (memoryBits.count - contiguous)
    runs = arena.copy(
      (0..<runCount).map { run in
        memoryBits.dropFirst(contiguous).enumerated().reduce(0) {
          $0 | (run >> $1.offset & 1) << ($1.element - 2)
        }
      })
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

  var laneMask: Int { 1 << laneBits.0 | 1 << laneBits.1 }

  /// Whether the only tile is the whole state as it lies.
  var isWholeState: Bool { tileCount == 1 }

  func gather(_ state: UnsafeMutablePointer<Lane>, _ tile: Int, into target: UnsafeMutablePointer<Lane>) {
    let start = base(tile)
    for run in 0..<runCount {
      (target + 2 &* run &* runLength).update(
        from: state + 2 &* (start &+ runs[run]), count: 2 &* runLength)
    }
  }

  func scatter(_ source: UnsafeMutablePointer<Lane>, _ tile: Int, into state: UnsafeMutablePointer<Lane>) {
    let start = base(tile)
    for run in 0..<runCount {
      (state + 2 &* (start &+ runs[run])).update(
        from: source + 2 &* run &* runLength, count: 2 &* runLength)
    }
  }

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
