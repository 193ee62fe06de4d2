import TangentCircuits
import TangentNumerics

/// Where the register's bits lie while some of its operations run: on the bits of an amplitude index, or outside of it,
/// where operations may only be diagonal.
struct Placement {
  /// Qubits of the register; qubit q is bit n - 1 - q of a register mask.
  let register: Int
  /// Bits of the amplitude index.
  let indexBits: Int
  /// Index bit of every register bit, or nil outside.
  private let places: [Int?]
  /// The register bits outside that number the lanes of a tile; none where lanes are states of their own.
  let lanes: Int

  var amplitudes: Int { 1 << indexBits }

  /// The whole register in its own order.
  init(register n: Int) {
    self.init(register: n, places: (0..<n).map { $0 })
  }

  init(register n: Int, places: [Int?], lanes: Int = 0) {
    self.lanes = lanes
    register = n
    self.places = places
    indexBits = places.count { $0 != nil }
  }

  /// A register mask as index bits, and what of it lies outside, still as register bits.
  func split(_ mask: Int) -> (inside: Int, outside: Int) {
    var (inside, outside, rest) = (0, 0, mask)
    while rest != 0 {
      let bit = rest.trailingZeroBitCount
      rest &= rest - 1
      if let place = places[bit] { inside |= 1 << place } else { outside |= 1 << bit }
    }
    return (inside, outside)
  }

  /// What of a string lies in the lanes, if these may be mixed: where they are the register's two lowest bits.
  func laneString(_ string: PauliString, controls: QubitMask) -> LaneString {
    guard lanes == 0b11 else { return LaneString() }
    return LaneString(
      x: Int(string.x) & lanes, z: Int(string.z) & lanes, controls: Int(controls) & lanes)
  }

  func mask(ofQubits qubits: [Int]) -> Int { Bits.mask(ofQubits: qubits, register: register) }

  /// The index bits of qubits, nil for those outside.
  func places(ofQubits qubits: [Int]) -> [Int?] { qubits.map { places[register - 1 - $0] } }

  /// The index bits of qubits that all lie inside, in their order.
  func bits(ofQubits qubits: [Int]) -> [Int] { qubits.map { places[register - 1 - $0]! } }
}
