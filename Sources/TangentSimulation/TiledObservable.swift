import CTangentVector
import TangentCircuits
import TangentNumerics

/// An observable on a single state with its two lowest index bits in the lanes, without a table of its diagonal: the
/// diagonal of a chunk of the state comes from its Z strings by a Walsh-Hadamard transform.
final class TiledObservable: @unchecked Sendable {
  private let vectors: Int
  private let chunkVectors: Int
  private let diagonal: UnsafePointer<PauliTerm>
  private let diagonalCount: Int
  private let projectors: UnsafePointer<Observable.Projector>
  private let projectorCount: Int
  private let mixing: UnsafePointer<PauliTerm>
  private let mixingCount: Int
  private let arena = Arena()

  private var hasDiagonal: Bool { diagonalCount + projectorCount > 0 }

  /// Nil for an observable with a dense part.
  init?(_ observable: Observable) {
    if observable.dense != nil { return nil }
    vectors = 1 << (observable.qubitCount - 2)
    chunkVectors = min(vectors, 1024)
    let strings = observable.paulis.filter(\.string.isDiagonal)
    diagonal = arena.copy(strings)
    diagonalCount = strings.count
    let others = observable.paulis.filter { !$0.string.isDiagonal }
    mixing = arena.copy(others)
    mixingCount = others.count
    projectors = arena.copy(observable.projectors)
    projectorCount = observable.projectors.count
  }

  /// <psi|O|psi>; sums over fixed chunks, so that the bits do not depend on the number of threads.
  func expectation(_ psi: UnsafePointer<Lane>, workers: Int) -> Double {
    let chunks = vectors / chunkVectors
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: chunks) { sums in
      let sums = sums.baseAddress!
      forEachChunk(workers) { chunk, first, values in
        var sum = Lane.zero
        if hasDiagonal {
          for k in 0..<chunkVectors {
            let (re, im) = (psi[2 &* (first &+ k)], psi[2 &* (first &+ k) &+ 1])
            sum = ctv_fma(values[k], ctv_fma(re, re, im * im), sum)
          }
        }
        for t in 0..<mixingCount {
          let term = MixingTerm(mixing[t])
          for k in 0..<chunkVectors {
            let v = first &+ k
            let (re, im) = term.column(v, psi)
            sum = ctv_fma(psi[2 &* v], re, ctv_fma(psi[2 &* v &+ 1], im, sum))
          }
        }
        sums[chunk] = sum.sum()
      }
      var total = 0.0
      for chunk in 0..<chunks { total += sums[chunk] }
      return total
    }
  }

  /// lambda <- weight * O psi, or added to lambda.
  func apply(
    to psi: UnsafePointer<Lane>, weight: Double, adding: Bool, into lambda: UnsafeMutablePointer<Lane>,
    workers: Int
  ) {
    forEachChunk(workers) { _, first, values in
      for k in 0..<chunkVectors {
        let v = 2 &* (first &+ k)
        let factor = hasDiagonal ? weight * values[k] : .zero
        lambda[v] = adding ? ctv_fma(factor, psi[v], lambda[v]) : factor * psi[v]
        lambda[v &+ 1] = adding ? ctv_fma(factor, psi[v &+ 1], lambda[v &+ 1]) : factor * psi[v &+ 1]
      }
      for t in 0..<mixingCount {
        let term = MixingTerm(mixing[t])
        for k in 0..<chunkVectors {
          let v = first &+ k
          let (re, im) = term.column(v, psi)
          lambda[2 &* v] += weight * re
          lambda[2 &* v &+ 1] += weight * im
        }
      }
    }
  }

  /// Calls `body(chunk, first vector, diagonal of the chunk)`.
  private func forEachChunk(_ workers: Int, body: (Int, Int, UnsafePointer<Lane>) -> Void) {
    let chunks = vectors / chunkVectors
    let buffers = LaneMemory(count: workers * chunkVectors)
    ThreadPool.shared.run(tasks: chunks, workers: workers, parallel: workers > 1 && chunks > 1) {
      chunk, worker in
      let values = buffers.pointer + worker * chunkVectors
      let first = chunk * chunkVectors
      if hasDiagonal { fillDiagonal(first, values) }
      body(chunk, first, values)
    }
  }

  /// The diagonal of one chunk: sum_t c_t (-1)^(bits of i in z_t), plus projectors.
  private func fillDiagonal(_ first: Int, _ values: UnsafeMutablePointer<Lane>) {
    let size = 4 &* chunkVectors
    let entries = UnsafeMutableRawPointer(values).assumingMemoryBound(to: Double.self)
    entries.update(repeating: 0, count: size)
    var patterns = 0
    for t in 0..<diagonalCount {
      let z = Int(diagonal[t].string.z)
      let isNegative = (z & (first &* 4)).nonzeroBitCount & 1 == 1
      entries[z & (size &- 1)] += isNegative ? -diagonal[t].coefficient : diagonal[t].coefficient
      patterns |= z & (size &- 1)
    }
    if patterns == 0 {
      values.update(repeating: Lane(repeating: entries[0]), count: chunkVectors)
    } else {
      transformLanes(values)
      var half = 1
      while half < chunkVectors {
        for start in stride(from: 0, to: chunkVectors, by: 2 &* half) {
          for k in start..<(start &+ half) {
            let (a, b) = (values[k], values[k &+ half])
            values[k] = a + b
            values[k &+ half] = a - b
          }
        }
        half <<= 1
      }
    }
    for p in 0..<projectorCount {
      let index = Int(projectors[p].index) &- 4 &* first
      if index >= 0, index < size { entries[index] += projectors[p].coefficient }
    }
  }

  /// The transform over the two bits in the lanes.
  private func transformLanes(_ values: UnsafeMutablePointer<Lane>) {
    for k in 0..<chunkVectors {
      let v = values[k]
      let (sum, difference) = (v.lowHalf + v.highHalf, v.lowHalf - v.highHalf)
      values[k] = Lane(
        sum[0] + sum[1], sum[0] - sum[1], difference[0] + difference[1], difference[0] - difference[1])
    }
  }
}

/// A Pauli string that mixes basis states, with its coefficient, as it acts on vectors of four amplitudes.
private struct MixingTerm {
  private let vectorX: Int
  private let laneX: Int
  private let z: Int
  private let isImaginary: Bool
  private let signs: Lane

  init(_ term: PauliTerm) {
    let x = Int(term.string.x)
    z = Int(term.string.z)
    (vectorX, laneX) = (x >> 2, x & 3)
    let power = term.string.countOfY & 3
    isImaginary = power & 1 == 1
    var signs = Lane.zero
    for lane in 0..<4 {
      let isNegative = ((lane & z).nonzeroBitCount & 1 == 1) != (power & 2 != 0)
      signs[lane] = isNegative ? -term.coefficient : term.coefficient
    }
    self.signs = signs
  }

  /// Vector v of P psi: amplitude j is f_i psi_i with i = j ^ x.
  @inline(__always)
  func column(_ v: Int, _ psi: UnsafePointer<Lane>) -> (re: Lane, im: Lane) {
    let source = v ^ vectorX
    let factor = (source & (z &>> 2)).nonzeroBitCount & 1 == 1 ? -signs : signs
    let re = permuted(factor * psi[2 &* source])
    let im = permuted(factor * psi[2 &* source &+ 1])
    return isImaginary ? (-im, re) : (re, im)
  }

  @inline(__always)
  private func permuted(_ a: Lane) -> Lane {
    switch laneX {
    case 0: a
    case 1: Lane(a[1], a[0], a[3], a[2])
    case 2: Lane(a[2], a[3], a[0], a[1])
    default: Lane(a[3], a[2], a[1], a[0])
    }
  }
}
