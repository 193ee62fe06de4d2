import TangentNumerics

/// The one binary form of circuits and observables: at the C boundary, in checkpoints, in pickles.
///
/// Versioned, little-endian, every list with its length in front. Decoding rebuilds through the validating
/// initialisers, so bytes from anywhere give a valid value or an error.
public enum CircuitFormat {
  /// A circuit without names; a library that knows none reads it too.
  static let circuitTag: UInt32 = 0x5154_4301
  /// A circuit, then the names of parameters and those of features, each with its index.
  static let namedCircuitTag: UInt32 = 0x5154_4302
  /// A circuit with configuration keys: the keys, then as above, where terms of angles give a key by its place.
  static let configuredCircuitTag: UInt32 = 0x5154_4303
  /// A circuit with channels, else like one with configuration keys, of which there may be none.
  static let noisyCircuitTag: UInt32 = 0x5154_4304
  static let observableTag: UInt32 = 0x5154_4F01
  static let channelTag: UInt32 = 0x5154_4E01

  public static func encode(_ circuit: Circuit) -> [UInt8] {
    let names = [circuit.parameterNames.entries, circuit.featureNames.entries]
    return encode(circuit, names: names)
  }

  /// Equal for circuits that are the same but for names.
  public static func encodeWithoutNames(_ circuit: Circuit) -> [UInt8] { encode(circuit, names: [[], []]) }

  private static func encode(_ circuit: Circuit, names: [[(index: Int, name: String)]]) -> [UInt8] {
    var writer = ByteWriter()
    let keys = circuit.configurationKeys
    let hasNames = !names.allSatisfy(\.isEmpty)
    let isNoisy = circuit.hasChannels
    writer.write(
      isNoisy
        ? noisyCircuitTag : !keys.isEmpty ? configuredCircuitTag : hasNames ? namedCircuitTag : circuitTag)
    if isNoisy || !keys.isEmpty {
      writer.write(keys.count)
      for key in keys { writer.write(key) }
    }
    write(circuit, to: &writer)
    guard isNoisy || hasNames || !keys.isEmpty else { return writer.bytes }
    for entries in names {
      writer.write(entries.count)
      for (index, name) in entries {
        writer.write(index)
        writer.write(name)
      }
    }
    return writer.bytes
  }

  private static func write(_ circuit: Circuit, to writer: inout ByteWriter) {
    let keys = Dictionary(uniqueKeysWithValues: zip(circuit.configurationKeys, 0...))
    writer.write(Int64(circuit.qubitCount))
    writer.write(Int64(circuit.instructions.count))
    for instruction in circuit.instructions {
      switch instruction.operation {
      case .gate(let gate):
        writer.write(UInt8(0))
        writer.write(UInt32(gate.number))
      case .rotation(let letters):
        writer.write(UInt8(1))
        writer.write(letters)
      case .evolution(let observable):
        writer.write(UInt8(2))
        write(observable, to: &writer)
      case .unitary(let matrix):
        writer.write(UInt8(3))
        write(matrix, to: &writer)
      case .channel(let channel):
        writer.write(UInt8(4))
        write(channel, to: &writer)
      }
      writer.write(instruction.qubits)
      writer.write(Int64(instruction.angles.count))
      for angle in instruction.angles { write(angle, keys, to: &writer) }
    }
  }

  public static func encode(_ observable: Observable) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(observableTag)
    write(observable, to: &writer)
    return writer.bytes
  }

  private static func write(_ angle: Angle, _ keys: [String: Int], to writer: inout ByteWriter) {
    writer.write(angle.constant)
    writer.write(Int64(angle.terms.count + angle.configuration.count))
    for term in angle.terms {
      let (kind, first, second): (UInt8, Int, Int) =
        switch term.factor {
        case .parameter(let p): (0, p, 0)
        case .feature(let f): (1, f, 0)
        case .parameterFeature(let p, let f): (2, p, f)
        case .featureFeature(let f, let g): (3, f, g)
        }
      write(kind, first, second, term.coefficient, to: &writer)
    }
    for term in angle.configuration { write(4, keys[term.key]!, 0, term.coefficient, to: &writer) }
  }

  private static func write(
    _ kind: UInt8, _ first: Int, _ second: Int, _ coefficient: Double, to writer: inout ByteWriter
  ) {
    writer.write(kind)
    writer.write(Int64(first))
    writer.write(Int64(second))
    writer.write(coefficient)
  }

  static func write(_ matrix: ComplexMatrix, to writer: inout ByteWriter) {
    writer.write(Int64(matrix.rows))
    writer.write(matrix.re)
    writer.write(matrix.im)
  }

  static func write(_ observable: Observable, to writer: inout ByteWriter) {
    writer.write(Int64(observable.qubitCount))
    writer.write(Int64(observable.paulis.count))
    for term in observable.paulis {
      writer.write(term.coefficient)
      write(term.string.x, register: observable.qubitCount, to: &writer)
      write(term.string.z, register: observable.qubitCount, to: &writer)
    }
    writer.write(Int64(observable.projectors.count))
    for projector in observable.projectors {
      writer.write(projector.coefficient)
      write(projector.index, register: observable.qubitCount, to: &writer)
    }
    writer.write(observable.dense != nil)
    if let dense = observable.dense { write(dense, to: &writer) }
  }

  /// One word, or two on registers of more than 64 qubits, which libraries that know one word refuse.
  private static func write(_ mask: QubitMask, register n: Int, to writer: inout ByteWriter) {
    if n > 64 { writer.write(mask) } else { writer.write(UInt64(mask)) }
  }
}
