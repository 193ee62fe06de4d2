import TangentNumerics

/// Exchanges two amplitudes in every group of indices that agree outside some bits: X, CX, CCX and SWAP.
struct SwapPass: BitwiseCopyable {
  private let first: Int
  private let second: Int
  private let fixedBits: Int
  private let groups: Int
  private let inserter: BitInserter

  /// - Parameters:
  ///   - first, second: the two index patterns on `bits` (at most three) that change places.
  init(first: Int, second: Int, bits: [Int], amplitudes: Int) {
    self.first = first
    self.second = second
    fixedBits = bits.count
    groups = amplitudes >> bits.count
    inserter = BitInserter(bits)
  }

  /// target <- exchanged source. Source and target may be the same; the pass is its own inverse.
  @inline(never)
  func apply<L: LaneVector>(_ source: UnsafeMutablePointer<L>, _ psi: UnsafeMutablePointer<L>) {
    if source != psi { psi.update(from: source, count: 2 &* (groups &<< fixedBits)) }
    switch fixedBits {
    case 1: for k in 0..<groups { exchange(psi, inserter.one(k)) }
    case 2: for k in 0..<groups { exchange(psi, inserter.two(k)) }
    default: for k in 0..<groups { exchange(psi, inserter.three(k)) }
    }
  }

  @inline(__always)
  private func exchange<L: LaneVector>(_ psi: UnsafeMutablePointer<L>, _ base: Int) {
    let a = psi + 2 &* (base | first)
    let b = psi + 2 &* (base | second)
    let (re, im) = (a[0], a[1])
    a[0] = b[0]
    a[1] = b[1]
    b[0] = re
    b[1] = im
  }
}
