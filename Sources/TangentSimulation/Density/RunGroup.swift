import TangentNumerics

/// Runs on up to four qubits in one walk over memory: tiles of 4^k strings are copied to where they stay in the first
/// caches, and all runs act there. Coming back, a tile's forward states between the runs are made anew.
struct RunGroup: BitwiseCopyable {
  static let mostQubits = 4
  /// Lanes of a tile at most.
  static let largestTile = 512
  /// Lanes of scratch: a tile of the observable and one of the state before every run.
  static let scratch = (mostQubits + 1) * largestTile

  let runs: UnsafePointer<QubitRun>
  let count: Int
  let wantsGradient: Bool
  /// Where a tile's strings lie, the first run's digit the most significant.
  private let offsets: UnsafePointer<Int>
  private let tile: Int
  /// Neighbouring tiles go together where the lowest qubit is in none of the runs, so that whole cache lines are used.
  private let chunk: Int
  private let mask: Int
  private let size: Int

  /// - Parameter qubits: those of the runs, ascending.
  init(_ runs: [QubitRun], qubits: [Int], register n: Int, arena: Arena) {
    self.runs = arena.copy(runs)
    count = runs.count
    wantsGradient = runs.contains(where: \.wantsGradient)
    let places = DigitPlaces(qubits, register: n)
    tile = places.offsets.count
    offsets = arena.copy(places.offsets)
    chunk = qubits.contains(n - 1) ? 1 : min(RunGroup.largestTile / tile, 4)
    mask = places.mask
    size = 1 << (2 * n)
  }

  private var lanes: Int { tile &* chunk }

  private func stride(_ run: Int) -> Int { chunk << (2 &* (count &- 1 &- run)) }

  @inline(never)
  func forward(
    _ source: UnsafePointer<Lane>, _ target: UnsafeMutablePointer<Lane>, _ matrices: UnsafePointer<Lane>,
    scratch: UnsafeMutablePointer<Lane>
  ) {
    var base = 0
    while base < size {
      load(source + base, scratch)
      for run in 0..<count { apply(run, scratch, scratch, matrices) }
      store(scratch, target + base)
      base = DigitPlaces.next(base, mask, step: chunk)
    }
  }

  /// Pulls A back; `state` is what the runs acted on, needed for derivatives alone.
  @inline(never)
  func backward(
    _ a: UnsafeMutablePointer<Lane>, before state: UnsafePointer<Lane>?, _ matrices: UnsafePointer<Lane>,
    sums: UnsafeMutablePointer<Lane>, scratch: UnsafeMutablePointer<Lane>
  ) {
    let own = scratch + RunGroup.mostQubits &* RunGroup.largestTile
    var base = 0
    while base < size {
      if let state {
        load(state + base, scratch)
        for run in 0..<(count &- 1) {
          apply(
            run, scratch + run &* RunGroup.largestTile, scratch + (run &+ 1) &* RunGroup.largestTile, matrices
          )
        }
      }
      load(a + base, own)
      var run = count &- 1
      while run >= 0 {
        if state != nil, runs[run].wantsGradient {
          accumulate(run, own, scratch + run &* RunGroup.largestTile, sums)
        }
        pull(run, own, matrices)
        run &-= 1
      }
      store(own, a + base)
      base = DigitPlaces.next(base, mask, step: chunk)
    }
  }

  @inline(__always)
  private func load(_ source: UnsafePointer<Lane>, _ target: UnsafeMutablePointer<Lane>) {
    var place = 0
    for k in 0..<tile {
      let from = source + offsets[k]
      for c in 0..<chunk { target[place &+ c] = from[c] }
      place &+= chunk
    }
  }

  @inline(__always)
  private func store(_ source: UnsafePointer<Lane>, _ target: UnsafeMutablePointer<Lane>) {
    var place = 0
    for k in 0..<tile {
      let to = target + offsets[k]
      for c in 0..<chunk { to[c] = source[place &+ c] }
      place &+= chunk
    }
  }

  @inline(__always)
  private func apply(
    _ run: Int, _ source: UnsafePointer<Lane>, _ target: UnsafeMutablePointer<Lane>,
    _ matrices: UnsafePointer<Lane>
  ) {
    let matrix = matrices + QubitRun.coefficientCount &* runs[run].number
    if runs[run].isUnital {
      RunKernels.apply(source, target, count: lanes, stride: stride(run), matrix, isUnital: true)
    } else {
      RunKernels.apply(source, target, count: lanes, stride: stride(run), matrix, isUnital: false)
    }
  }

  @inline(__always)
  private func pull(_ run: Int, _ a: UnsafeMutablePointer<Lane>, _ matrices: UnsafePointer<Lane>) {
    let matrix = matrices + QubitRun.coefficientCount &* runs[run].number
    if runs[run].isUnital {
      RunKernels.pull(a, count: lanes, stride: stride(run), matrix, isUnital: true)
    } else {
      RunKernels.pull(a, count: lanes, stride: stride(run), matrix, isUnital: false)
    }
  }

  @inline(__always)
  private func accumulate(
    _ run: Int, _ a: UnsafePointer<Lane>, _ state: UnsafePointer<Lane>, _ sums: UnsafeMutablePointer<Lane>
  ) {
    let own = sums + QubitRun.coefficientCount &* runs[run].number
    if runs[run].isUnital {
      RunKernels.accumulate(a, state, count: lanes, stride: stride(run), own, isUnital: true)
    } else {
      RunKernels.accumulate(a, state, count: lanes, stride: stride(run), own, isUnital: false)
    }
  }
}
