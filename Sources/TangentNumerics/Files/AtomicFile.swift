import Glibc
import Synchronization

/// What a file holds: eight ASCII characters at its beginning, a version, and a name for messages.
public struct FileFormat: Sendable {
  /// "checkpoint", "run record".
  public let name: String
  public let magic: String
  public let version: UInt32

  /// - Precondition: `magic` has eight ASCII characters.
  public init(name: String, magic: String, version: UInt32) {
    precondition(magic.utf8.count == 8)
    self.name = name
    self.magic = magic
    self.version = version
  }
}

/// Files that are either the old or the new one, whole, whenever the process dies.
///
/// Layout: magic (8 bytes), version (4), CRC-64 of the payload (8), its length (8), the payload.
public enum AtomicFile {
  private static let headerSize = 28
  private static let serial = Atomic<Int>(0)

  /// Writes to a temporary file in the same folder, forces it to disk, and renames it over `path`.
  /// - Throws: `inputOutput`; the old file is then untouched.
  public static func write(_ payload: [UInt8], to path: String, as format: FileFormat) throws(TangentError) {
    var header = ByteWriter()
    for byte in format.magic.utf8 { header.write(byte) }
    header.write(format.version)
    header.write(Checksum.crc64(payload))
    header.write(payload.count)

    let temporary = try createTemporary(beside: path)
    do throws(TangentError) {
      defer { close(temporary.descriptor) }
      try writeAll(header.bytes, to: temporary.descriptor, path)
      try writeAll(payload, to: temporary.descriptor, path)
      guard fsync(temporary.descriptor) == 0 else { throw failure("write", path) }
    } catch {
      unlink(temporary.path)
      throw error
    }
    guard rename(temporary.path, path) == 0 else {
      let error = failure("replace", path)
      unlink(temporary.path)
      throw error
    }
    try synchronizeFolder(of: path)
  }

  /// The payload of a file written by `write`.
  /// - Throws: `inputOutput` if it cannot be read; `corruptedFile` if it is another kind of file, of another
  ///   version, truncated or damaged.
  public static func read(_ path: String, as format: FileFormat) throws(TangentError) -> [UInt8] {
    let bytes = try readAll(path)
    guard bytes.starts(with: format.magic.utf8) else {
      throw TangentError(
        .corruptedFile,
        bytes.count < 8 && format.magic.utf8.starts(with: bytes)
          ? "\(path) is truncated: it ends in the header" : "\(path) is not a QTangent \(format.name)")
    }
    guard bytes.count >= headerSize else {
      throw TangentError(.corruptedFile, "\(path) is truncated: it ends in the header")
    }
    var reader = ByteReader(Array(bytes[8..<headerSize]))
    let version = try reader.read(UInt32.self, "the version")
    guard version == format.version else {
      throw TangentError(
        .corruptedFile,
        "\(path) is a \(format.name) of version \(version), this library reads version \(format.version)")
    }
    let checksum = try reader.read(UInt64.self, "the checksum")
    let length = try reader.read(UInt64.self, "the length")
    let found = UInt64(bytes.count - headerSize)
    guard found >= length else {
      throw TangentError(.corruptedFile, "\(path) is truncated: \(found) of \(length) bytes are there")
    }
    guard found == length, Checksum.crc64(bytes[headerSize...]) == checksum else {
      throw TangentError(.corruptedFile, "\(path) is damaged: its checksum does not fit its content")
    }
    return Array(bytes[headerSize...])
  }

  /// Tells before a long computation whether `write` to `path` can work, by creating and removing a file there.
  /// - Throws: `inputOutput` that names the folder and the reason.
  public static func checkWritable(_ path: String) throws(TangentError) {
    let temporary = try createTemporary(beside: path)
    close(temporary.descriptor)
    unlink(temporary.path)
  }

  private static func createTemporary(
    beside path: String
  ) throws(TangentError) -> (descriptor: Int32, path: String) {
    guard !path.isEmpty, !path.hasSuffix("/"), !path.utf8.contains(0) else {
      throw TangentError(.inputOutput, "\"\(path)\" is not the path of a file")
    }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw TangentError(.inputOutput, "cannot write \(path): it exists and is not a regular file")
    }
    let number = serial.wrappingAdd(1, ordering: .relaxed).newValue
    let temporary = "\(path).\(getpid())-\(number).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure("write", path) }
    return (descriptor, temporary)
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(TangentError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure("write", path) }
      written += count
    }
  }

  private static func readAll(_ path: String) throws(TangentError) -> [UInt8] {
    guard !path.utf8.contains(0) else {
      throw TangentError(.inputOutput, "\"\(path)\" is not the path of a file")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure("read", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("read", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw TangentError(.inputOutput, "cannot read \(path): it is not a regular file")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var position = 0
    while position < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress! + position, $0.count - position)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure("read", path) }
      if count == 0 { break }
      position += count
    }
    return Array(bytes.prefix(position))
  }

  /// Makes the rename itself last. File systems that cannot do that for a folder say EINVAL.
  private static func synchronizeFolder(of path: String) throws(TangentError) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }  // a folder one may write to but not list
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure("write", path) }
  }

  private static func failure(_ verb: String, _ path: String) -> TangentError {
    TangentError(.inputOutput, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
  }
}
