/// What bytes in a file or in memory hold: eight ASCII characters at their beginning, a version, and a name for messages.
///
/// Layout: magic (8 bytes), version (4), CRC-64 of the payload (8), its length (8), the payload.
public struct FileFormat: Sendable {
  /// "checkpoint", "run record".
  public let name: String
  public let magic: String
  public let version: UInt32
  /// Files of this version and of those since are read.
  public let oldest: UInt32

  static let headerSize = 28

  /// - Precondition: `magic` has eight ASCII characters.
  public init(name: String, magic: String, version: UInt32, oldest: UInt32? = nil) {
    precondition(magic.utf8.count == 8)
    self.name = name
    self.magic = magic
    self.version = version
    self.oldest = oldest ?? version
  }

  /// What has nothing new is written as the oldest version, which older libraries read.
  public var asOldest: FileFormat { FileFormat(name: name, magic: magic, version: oldest) }

  /// What stands before a payload.
  public func header(of payload: [UInt8]) -> [UInt8] {
    var header = ByteWriter()
    for byte in magic.utf8 { header.write(byte) }
    header.write(version)
    header.write(Checksum.crc64(payload))
    header.write(payload.count)
    return header.bytes
  }

  /// What a header says of the payload behind it.
  struct Header {
    let checksum: UInt64
    let length: Int
  }

  /// - Parameters:
  ///   - bytes: the first `headerSize` bytes, or all if there are fewer.
  ///   - size: of how many bytes in all.
  ///   - source: where the bytes are from, for messages.
  /// - Throws: `corruptedFile` for another kind of bytes, another version, and another length than the header names.
  func header(in bytes: [UInt8], of size: Int, from source: String) throws(TangentError) -> Header {
    guard bytes.starts(with: magic.utf8) else {
      throw TangentError(
        .corruptedFile,
        bytes.count < 8 && magic.utf8.starts(with: bytes)
          ? "\(source) is truncated: it ends in the header" : "\(source) is not a QTangent \(name)")
    }
    guard bytes.count >= FileFormat.headerSize else {
      throw TangentError(.corruptedFile, "\(source) is truncated: it ends in the header")
    }
    var reader = ByteReader(Array(bytes[8..<FileFormat.headerSize]))
    let found = try reader.read(UInt32.self, "the version")
    guard oldest...version ~= found else {
      throw TangentError(
        .corruptedFile,
        "\(source) is a \(name) of version \(found), this library reads version \(oldest == version ? "" : "\(oldest) to ")\(version)"
      )
    }
    let checksum = try reader.read(UInt64.self, "the checksum")
    let length = try reader.read(UInt64.self, "the length")
    let there = size - FileFormat.headerSize
    guard UInt64(there) >= length else {
      throw TangentError(.corruptedFile, "\(source) is truncated: \(there) of \(length) bytes are there")
    }
    guard UInt64(there) == length else {
      throw TangentError(.corruptedFile, "\(source) is damaged: it has \(there) bytes where \(length) belong")
    }
    return Header(checksum: checksum, length: there)
  }

  /// - Throws: `corruptedFile` for a payload that is not what its header was written for; `cancelled`.
  func check(
    _ payload: [UInt8], against header: Header, from source: String, cancel: CancelToken? = nil
  ) throws(TangentError) {
    guard try Checksum.crc64(payload, cancel: cancel) == header.checksum, payload.count == header.length
    else {
      throw TangentError(.corruptedFile, "\(source) is damaged: its checksum does not fit its content")
    }
  }

  /// The payload behind its header, from bytes in memory.
  /// - Parameter source: where the bytes are from, for messages.
  /// - Throws: `corruptedFile` for another kind of bytes, another version, truncated or damaged ones.
  public func payload(of bytes: [UInt8], from source: String) throws(TangentError) -> [UInt8] {
    let header = try header(in: Array(bytes.prefix(FileFormat.headerSize)), of: bytes.count, from: source)
    let payload = Array(bytes.dropFirst(FileFormat.headerSize))
    try check(payload, against: header, from: source)
    return payload
  }
}
