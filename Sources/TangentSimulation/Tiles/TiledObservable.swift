import CTangentVector
import TangentCircuits
import TangentNumerics

/// An observable on a single state with its two lowest index bits in the lanes, chunk by chunk.
final class TiledObservable: @unchecked Sendable {
  private let chunks: Int
  private let diagonal: TileDiagonal
  private let mixing: UnsafePointer<PauliTerm>
  private let mixingCount: Int
  private let arena = Arena()

  private var chunkVectors: Int { diagonal.amplitudes }

  /// Nil for an observable with a dense part.
  init?(_ observable: Observable) {
    if observable.dense != nil { return nil }
    let n = observable.qubitCount
    let all = (1 << n) - 1
    let (shape, placement) = TileShape.make(
      register: n, mixing: 0, capacity: min(n - 2, 10), support: (all, all), arena: arena)
    chunks = shape.tileCount
    diagonal = TileDiagonal(observable, shape, placement)
    let others = observable.paulis.filter { !$0.string.isDiagonal }
    mixing = arena.copy(others)
    mixingCount = others.count
  }

  /// <psi|O|psi>; sums over fixed chunks, so that the bits do not depend on the number of threads.
  func expectation(_ psi: UnsafePointer<Lane>, workers: Int) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: chunks) { sums in
      let sums = sums.baseAddress!
      forEachChunk(workers) { chunk, first, values, constant in
        var sum = Lane.zero
        if !diagonal.isZero {
          sum = TileDiagonal.expectation(values, constant, psi + 2 * first, count: chunkVectors)
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
    forEachChunk(workers) { _, first, values, constant in
      for k in 0..<chunkVectors {
        let v = 2 &* (first &+ k)
        let factor = diagonal.isZero ? .zero : weight * (values[k] + constant)
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

  /// Calls `body(chunk, first vector, diagonal of the chunk, and what is to be added to it)`.
  private func forEachChunk(_ workers: Int, body: (Int, Int, UnsafePointer<Lane>, Lane) -> Void) {
    let buffers = LaneMemory(count: workers * chunkVectors)
    withUnsafeTemporaryAllocation(of: TileDiagonal.Values.self, capacity: workers) { values in
      for worker in 0..<workers {
        values.initializeElement(
          at: worker, to: TileDiagonal.Values(entries: buffers.pointer + worker * chunkVectors))
      }
      ThreadPool.current.run(tasks: chunks, workers: workers, parallel: workers > 1 && chunks > 1) {
        chunk, worker in
        let constant = diagonal.isZero ? .zero : diagonal.fill(&values[worker], chunk)
        body(chunk, chunk * chunkVectors, values[worker].entries, constant)
      }
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
