/// A permutation of amplitudes, target[f(i)] = source[i], as a list of moves from i to f(i), cycle by cycle.
///
/// Each amplitude is read one move before its place is written, by the move before it in its cycle or, at the end of
/// a cycle, by the one that closes it. So one walk without branches does for states in place and out of place, and
/// the walk in the other direction undoes it. Other work on the amplitudes can be done on the way (`DiagonalPass`).
struct PermutationPass: BitwiseCopyable {
  private let origins: UnsafePointer<UInt32>
  private let places: UnsafePointer<UInt32>
  private let count: Int

  /// - Parameter image: f(i) of every i.
  init(image: [UInt32], arena: Arena) {
    var (origins, places): ([UInt32], [UInt32]) = ([], [])
    var isListed = [Bool](repeating: false, count: image.count)
    for start in image.indices {
      var index = start
      while !isListed[index] {
        isListed[index] = true
        origins.append(UInt32(index))
        places.append(image[index])
        index = Int(image[index])
      }
    }
    self.origins = arena.copy(origins)
    self.places = arena.copy(places)
    count = image.count
  }

  /// target <- P source, or P^dagger source. Source and target may be the same.
  @inline(never)
  func apply<L: BitwiseCopyable>(
    _ source: UnsafePointer<L>, _ target: UnsafeMutablePointer<L>, inverse: Bool
  ) {
    if inverse {
      backward(source, target) { _, re, im in (re, im) }
    } else {
      forward(source, target) { _, re, im in (re, im) }
    }
  }

  /// target[f(i)] <- change(i, source[i])
  @inline(__always)
  func forward<L: BitwiseCopyable>(
    _ source: UnsafePointer<L>, _ target: UnsafeMutablePointer<L>, change: (Int, L, L) -> (L, L)
  ) {
    var i = Int(origins[0])
    var (re, im) = change(i, source[2 &* i], source[2 &* i &+ 1])
    for k in 1..<count {
      i = Int(origins[k])
      let next = change(i, source[2 &* i], source[2 &* i &+ 1])
      let place = 2 &* Int(places[k &- 1])
      (target[place], target[place &+ 1]) = (re, im)
      (re, im) = next
    }
    let place = 2 &* Int(places[count &- 1])
    (target[place], target[place &+ 1]) = (re, im)
  }

  /// target[i] <- change(i, source[f(i)])
  @inline(__always)
  func backward<L: BitwiseCopyable>(
    _ source: UnsafePointer<L>, _ target: UnsafeMutablePointer<L>, change: (Int, L, L) -> (L, L)
  ) {
    var place = 2 &* Int(places[count &- 1])
    var (re, im) = (source[place], source[place &+ 1])
    for k in stride(from: count &- 1, to: 0, by: -1) {
      place = 2 &* Int(places[k &- 1])
      let next = (source[place], source[place &+ 1])
      let i = Int(origins[k])
      (target[2 &* i], target[2 &* i &+ 1]) = change(i, re, im)
      (re, im) = next
    }
    let i = Int(origins[0])
    (target[2 &* i], target[2 &* i &+ 1]) = change(i, re, im)
  }
}
