import CTangentVector
import TangentNumerics

/// A real transfer matrix on some qubits, the same for all lanes: channels and small unitaries that mix strings.
struct TransferMatrix: BitwiseCopyable {
  static let mostQubits = 4

  /// Rows in fours: [row / 4][column][row % 4].
  private let rows: UnsafePointer<Double>
  private let columns: UnsafePointer<Double>
  private let offsets: UnsafePointer<Int>
  let count: Int
  private let mask: Int
  private let size: Int

  init(_ matrix: [Double], qubits: [Int], register n: Int, arena: Arena) {
    let count = 1 << (2 * qubits.count)
    func packed(_ entry: (Int, Int) -> Double) -> [Double] {
      (0..<count / 4).flatMap { block in
        (0..<count).flatMap { column in (0..<4).map { entry(4 * block + $0, column) } }
      }
    }
    rows = arena.copy(packed { matrix[$0 * count + $1] })
    columns = arena.copy(packed { matrix[$1 * count + $0] })
    let places = DigitPlaces(qubits, register: n)
    offsets = arena.copy(places.offsets)
    self.count = count
    mask = places.mask
    size = 1 << (2 * n)
  }

  func forward(
    _ source: UnsafePointer<Lane>, _ target: UnsafeMutablePointer<Lane>, scratch: UnsafeMutablePointer<Lane>
  ) { multiply(rows, source, target, scratch) }

  func backward(_ observable: UnsafeMutablePointer<Lane>, scratch: UnsafeMutablePointer<Lane>) {
    multiply(columns, observable, observable, scratch)
  }

  @inline(never)
  private func multiply(
    _ entries: UnsafePointer<Double>, _ source: UnsafePointer<Lane>, _ target: UnsafeMutablePointer<Lane>,
    _ scratch: UnsafeMutablePointer<Lane>
  ) {
    var base = 0
    while base < size {
      for k in 0..<count { scratch[k] = source[base | offsets[k]] }
      var entry = entries
      var row = 0
      while row < count {
        var (first, second, third, fourth) = (Lane.zero, Lane.zero, Lane.zero, Lane.zero)
        for column in 0..<count {
          let value = scratch[column]
          first = ctv_fma(Lane(repeating: entry[0]), value, first)
          second = ctv_fma(Lane(repeating: entry[1]), value, second)
          third = ctv_fma(Lane(repeating: entry[2]), value, third)
          fourth = ctv_fma(Lane(repeating: entry[3]), value, fourth)
          entry += 4
        }
        target[base | offsets[row]] = first
        target[base | offsets[row &+ 1]] = second
        target[base | offsets[row &+ 2]] = third
        target[base | offsets[row &+ 3]] = fourth
        row &+= 4
      }
      base = DigitPlaces.next(base, mask)
    }
  }
}
