import TangentCircuits
import TangentNumerics

/// An observable as a sum of Pauli strings, by their numbers, behind the passes of a plan.
struct StringObservable: BitwiseCopyable {
  private let numbers: UnsafePointer<Int>
  private let coefficients: UnsafePointer<Double>
  private let count: Int

  init(_ observable: Observable, finalMap: StringMap?, arena: Arena) throws(TangentError) {
    var terms = try StringObservable.terms(observable)
    if let finalMap {
      terms = terms.map { (Int(finalMap.source[$0.number]), finalMap.factor[$0.number] * $0.coefficient) }
    }
    terms.sort { $0.number < $1.number }
    numbers = arena.copy(terms.map(\.number))
    coefficients = arena.copy(terms.map(\.coefficient))
    count = terms.count
  }

  private static func terms(
    _ observable: Observable
  ) throws(TangentError) -> [(number: Int, coefficient: Double)] {
    let n = observable.qubitCount
    if observable.dense != nil {
      // O = sum_P tr(P O)/2^n P
      let matrix = try observable.matrix()
      let butterfly = PauliButterfly(register: n)
      let (size, d) = (1 << (2 * n), 1 << n)
      let memory = LaneMemory(count: 2 * size)
      let (re, im) = (memory.pointer, memory.pointer + size)
      for row in 0..<d {
        for column in 0..<d {
          let place = butterfly.place(row, column)
          re[place] = Lane(repeating: matrix[row, column].re)
          im[place] = Lane(repeating: matrix[row, column].im)
        }
      }
      butterfly.transform(re, im)
      return (0..<size).compactMap { re[$0][0] == 0 ? nil : ($0, re[$0][0] / Double(d)) }
    }
    var sums: [Int: Double] = [:]
    for term in observable.paulis {
      sums[PauliDigits.number(term.string, qubitCount: n), default: 0] += term.coefficient
    }
    for projector in observable.projectors {
      // The product of (1 + Z)/2 for 0 and (1 - Z)/2 for 1.
      for z in 0..<(QubitMask(1) << QubitMask(n)) {
        let part = projector.coefficient / Double(UInt64(1) << UInt64(n))
        let isOdd = (z & projector.index).nonzeroBitCount & 1 == 1
        sums[PauliDigits.number(PauliString(x: 0, z: z), qubitCount: n), default: 0] += isOdd ? -part : part
      }
    }
    return sums.map { ($0.key, $0.value) }
  }

  func expectation(_ state: UnsafePointer<Lane>) -> Lane {
    var sum = Lane.zero
    for k in 0..<count { sum += coefficients[k] * state[numbers[k]] }
    return sum
  }

  /// Adds weight * O to a vector of coefficients.
  func add(_ weight: Lane, to target: UnsafeMutablePointer<Lane>) {
    for k in 0..<count { target[numbers[k]] += weight * coefficients[k] }
  }
}
