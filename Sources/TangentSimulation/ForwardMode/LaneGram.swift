import CTangentVector
import TangentNumerics

/// Vectors four to a block, [block][component][lane], possibly a stack of such sets that is summed over.
struct LaneVectors {
  let pointer: UnsafePointer<Lane>
  let blockCount: Int
  let componentCount: Int
  let stackCount: Int

  func block(_ block: Int, in stack: Int) -> UnsafePointer<Lane> {
    pointer + (stack * blockCount + block) * componentCount
  }
}

/// The real scalar products of all pairs of vectors, a symmetric matrix in the order of the lanes.
///
/// Register-blocked: four vectors meet twelve, so that twelve sums stay in registers and seven loads feed twelve
/// multiply-adds; groups of 24 vectors are walked in segments that stay in the caches. Groups of pairs go over the
/// threads, each sum runs in one order.
final class LaneGram {
  private static let group = 6
  private static let segment = 256

  let blockCount: Int
  private let products: LaneMemory

  init(blockCount: Int) {
    self.blockCount = blockCount
    products = LaneMemory(count: 4 * blockCount * blockCount)
  }

  /// Row by row, 4 blocks to each; valid on the diagonal and above it.
  var entries: UnsafePointer<Double> {
    UnsafePointer(UnsafeMutableRawPointer(products.pointer).assumingMemoryBound(to: Double.self))
  }

  /// Adds sign * a . b for all pairs; once it is cancelled the rest is left out.
  func add(_ vectors: LaneVectors, sign: Double = 1, cancel: CancelToken? = nil) {
    let group = LaneGram.group
    let groups = (blockCount + group - 1) / group
    let target = products.pointer
    let blocks = blockCount
    // Two multiply-adds a nanosecond, in lanes of four, for half of the pairs.
    let duration = blocks * blocks * vectors.componentCount * vectors.stackCount
    let workers = ThreadPool.current.workers(tasks: groups * groups, nanoseconds: duration)
    ThreadPool.current.run(tasks: groups * groups, workers: workers) { task, _ in
      let (i, j) = task.quotientAndRemainder(dividingBy: groups)
      guard i <= j, !(cancel.map(\.isCancelled) ?? false) else { return }
      LaneGram.add(
        vectors, rows: i * group..<min((i + 1) * group, blocks),
        columns: j * group..<min((j + 1) * group, blocks), Lane(repeating: sign), to: target)
    }
  }

  private static func add(
    _ vectors: LaneVectors, rows: Range<Int>, columns: Range<Int>, _ sign: Lane,
    to target: UnsafeMutablePointer<Lane>
  ) {
    let blocks = vectors.blockCount
    for stack in 0..<vectors.stackCount {
      for start in stride(from: 0, to: vectors.componentCount, by: segment) {
        let count = min(segment, vectors.componentCount - start)
        for i in rows {
          let a = UnsafeRawPointer(vectors.block(i, in: stack) + start).assumingMemoryBound(to: Double.self)
          // In threes from the left: a few entries below the diagonal cost less than breaking them up.
          var j = columns.lowerBound + max(0, i - columns.lowerBound) / 3 * 3
          while j + 3 <= columns.upperBound {
            let b = vectors.block(j, in: stack) + start
            three(a, b, vectors.componentCount, count, sign, target + 4 * i * blocks + j, blocks)
            j += 3
          }
          while j < columns.upperBound {
            let b = vectors.block(j, in: stack) + start
            one(a, b, count, sign, target + 4 * i * blocks + j, blocks)
            j += 1
          }
        }
      }
    }
  }

  @inline(never)
  private static func three(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Lane>, _ stride: Int, _ count: Int, _ sign: Lane,
    _ out: UnsafeMutablePointer<Lane>, _ row: Int
  ) {
    var (a0, a1, a2, a3) = (Lane.zero, Lane.zero, Lane.zero, Lane.zero)
    var (b0, b1, b2, b3) = (Lane.zero, Lane.zero, Lane.zero, Lane.zero)
    var (c0, c1, c2, c3) = (Lane.zero, Lane.zero, Lane.zero, Lane.zero)
    for k in 0..<count {
      let (x, y, z) = (b[k], b[k &+ stride], b[k &+ 2 &* stride])
      let p = Lane(repeating: a[4 &* k])
      a0 = ctv_fma(p, x, a0)
      b0 = ctv_fma(p, y, b0)
      c0 = ctv_fma(p, z, c0)
      let q = Lane(repeating: a[4 &* k &+ 1])
      a1 = ctv_fma(q, x, a1)
      b1 = ctv_fma(q, y, b1)
      c1 = ctv_fma(q, z, c1)
      let r = Lane(repeating: a[4 &* k &+ 2])
      a2 = ctv_fma(r, x, a2)
      b2 = ctv_fma(r, y, b2)
      c2 = ctv_fma(r, z, c2)
      let s = Lane(repeating: a[4 &* k &+ 3])
      a3 = ctv_fma(s, x, a3)
      b3 = ctv_fma(s, y, b3)
      c3 = ctv_fma(s, z, c3)
    }
    store(a0, a1, a2, a3, sign, out, row)
    store(b0, b1, b2, b3, sign, out + 1, row)
    store(c0, c1, c2, c3, sign, out + 2, row)
  }

  @inline(never)
  private static func one(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Lane>, _ count: Int, _ sign: Lane,
    _ out: UnsafeMutablePointer<Lane>, _ row: Int
  ) {
    var (a0, a1, a2, a3) = (Lane.zero, Lane.zero, Lane.zero, Lane.zero)
    for k in 0..<count {
      let x = b[k]
      a0 = ctv_fma(Lane(repeating: a[4 &* k]), x, a0)
      a1 = ctv_fma(Lane(repeating: a[4 &* k &+ 1]), x, a1)
      a2 = ctv_fma(Lane(repeating: a[4 &* k &+ 2]), x, a2)
      a3 = ctv_fma(Lane(repeating: a[4 &* k &+ 3]), x, a3)
    }
    store(a0, a1, a2, a3, sign, out, row)
  }

  @inline(__always)
  private static func store(
    _ a: Lane, _ b: Lane, _ c: Lane, _ d: Lane, _ sign: Lane, _ out: UnsafeMutablePointer<Lane>, _ row: Int
  ) {
    out[0] = ctv_fma(sign, a, out[0])
    out[row] = ctv_fma(sign, b, out[row])
    out[2 &* row] = ctv_fma(sign, c, out[2 &* row])
    out[3 &* row] = ctv_fma(sign, d, out[3 &* row])
  }
}
