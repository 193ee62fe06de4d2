import CTangentVector
import TangentNumerics

/// Every string's new value is a factor times the old value of one string, each of another: Clifford gates with what
/// mixtures of Pauli strings leave of them, as many as follow each other.
struct StringMap: BitwiseCopyable {
  let source: UnsafePointer<Int32>
  let factor: UnsafePointer<Double>
  let size: Int

  @inline(never)
  func forward(_ state: UnsafePointer<Lane>, _ target: UnsafeMutablePointer<Lane>) {
    for k in 0..<size {
      target[k] = ctv_mul(Lane(repeating: factor[k]), state[Int(truncatingIfNeeded: source[k])])
    }
  }

  @inline(never)
  func backward(_ observable: UnsafePointer<Lane>, _ target: UnsafeMutablePointer<Lane>) {
    for k in 0..<size {
      target[Int(truncatingIfNeeded: source[k])] = ctv_mul(Lane(repeating: factor[k]), observable[k])
    }
  }
}

/// A map on some qubits, as it is collected: string a of theirs gets factor[a] times string source[a], a permutation.
struct LocalMap: Hashable {
  let qubits: [Int]
  let source: [Int]
  let factor: [Double]

  var isDiagonal: Bool { source.indices.allSatisfy { source[$0] == $0 } }

  /// A transfer matrix of that form; nil for others. Entries of gates that are 0, 1 or -1 but for rounding are meant so.
  init?(_ matrix: [Double], qubits: [Int]) {
    let size = 1 << (2 * qubits.count)
    var (source, factor) = ([Int](), [Double]())
    for row in 0..<size {
      let large = (0..<size).filter { abs(matrix[row * size + $0]) > LocalMap.rounding }
      guard large.count <= 1 else { return nil }
      let column = large.first ?? row
      let entry = large.isEmpty ? 0 : matrix[row * size + column]
      source.append(column)
      factor.append(abs(abs(entry) - 1) <= LocalMap.rounding ? entry.rounded() : entry)
    }
    guard Set(source).count == size else { return nil }
    self.init(qubits: qubits, source: source, factor: factor)
  }

  init(qubits: [Int], source: [Int], factor: [Double]) {
    (self.qubits, self.source, self.factor) = (qubits, source, factor)
  }

  private static let rounding = 1e-14

  /// All maps one after another, in the order of action.
  static func table(_ maps: [LocalMap], register n: Int) -> (source: [Int32], factor: [Double]) {
    let size = 1 << (2 * n)
    var (source, factor) = ((0..<size).map { Int32($0) }, [Double](repeating: 1, count: size))
    var (newSource, newFactor) = (source, factor)
    for map in maps {
      let digits = DigitPlaces(map.qubits, register: n)
      let (places, mask) = (digits.offsets, digits.mask)
      let sources = map.source.map { places[$0] }
      source.withUnsafeBufferPointer { source in
        factor.withUnsafeBufferPointer { factor in
          newSource.withUnsafeMutableBufferPointer { newSource in
            newFactor.withUnsafeMutableBufferPointer { newFactor in
              for local in places.indices {
                let (place, from, own) = (places[local], sources[local], map.factor[local])
                var rest = 0
                while rest < size {
                  newSource[rest | place] = source[rest | from]
                  newFactor[rest | place] = own * factor[rest | from]
                  rest = DigitPlaces.next(rest, mask)
                }
              }
            }
          }
        }
      }
      swap(&source, &newSource)
      swap(&factor, &newFactor)
    }
    return (source, factor)
  }
}
