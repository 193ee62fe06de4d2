/// Where the base-4 digits of some qubits stand in the numbers of strings.
struct DigitPlaces {
  /// All bits of the digits.
  let mask: Int
  /// The numbers of the strings on these qubits, the first qubit's digit the most significant, and I on all others.
  let offsets: [Int]

  init(_ qubits: [Int], register n: Int) {
    let shifts = qubits.map { 2 * (n - 1 - $0) }
    mask = shifts.reduce(0) { $0 | 3 << $1 }
    offsets = (0..<(1 << (2 * shifts.count))).map { local in
      shifts.enumerated().reduce(0) { sum, item in
        sum | (local >> (2 * (shifts.count - 1 - item.offset)) & 3) << item.element
      }
    }
  }

  /// The next number without digits in the mask, or one beyond all, after `base` and `step` numbers from there on.
  @inline(__always)
  static func next(_ base: Int, _ mask: Int, step: Int = 1) -> Int { ((base | mask) &+ step) & ~mask }
}
