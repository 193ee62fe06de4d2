import TangentNumerics

extension CircuitFormat {
  public static func encode(_ channel: Channel) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(channelTag)
    write(channel, to: &writer)
    return writer.bytes
  }

  /// - Throws: `corruptedFile` for damaged bytes, `invalidArgument` for values no channel may have.
  public static func decodeChannel(_ bytes: [UInt8]) throws(TangentError) -> Channel {
    var reader = ByteReader(bytes)
    _ = try expect([channelTag], "the mark of a channel", &reader)
    let channel = try readChannel(&reader)
    try reader.finish()
    return channel
  }

  static func write(_ channel: Channel, to writer: inout ByteWriter) {
    writer.write(channel.label)
    switch channel.form {
    case .depolarizing(let kept):
      writer.write(UInt8(0))
      writer.write(Int64(channel.qubitCount))
      writer.write(kept)
    case .pauli(let terms):
      writer.write(UInt8(1))
      write(
        Observable(qubitCount: channel.qubitCount, paulis: terms, projectors: [], dense: nil), to: &writer)
    case .kraus(let operators):
      writer.write(UInt8(2))
      writer.write(Int64(operators.count))
      for matrix in operators { write(matrix, to: &writer) }
    }
  }

  static func readChannel(_ reader: inout ByteReader) throws(TangentError) -> Channel {
    let label = try reader.readString("the label of a channel")
    let form = try reader.read(UInt8.self, "the form of a channel")
    switch form {
    case 0:
      let count = Int(try reader.read(Int64.self, "the number of qubits"))
      return try .depolarizing(
        kept: try reader.readDouble("what a channel keeps"), qubitCount: count, label: label)
    case 1: return try .pauli(mixture: readObservable(&reader), label: label)
    case 2:
      var operators: [ComplexMatrix] = []
      for _ in 0..<(try reader.readCount(elementSize: 24, "the Kraus operators")) {
        operators.append(try readMatrix(&reader))
      }
      return try .kraus(operators, label: label)
    default: throw TangentError(.corruptedFile, "channel form \(form); this version knows 0 to 2")
    }
  }
}
