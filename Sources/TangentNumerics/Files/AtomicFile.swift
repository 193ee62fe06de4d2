import Synchronization

// By other names than those of the functions below.
private let systemWrite: @Sendable (Int32, UnsafeRawPointer?, Int) -> Int = write
private let systemRead: @Sendable (Int32, UnsafeMutableRawPointer?, Int) -> Int = read

/// Files that are either the old or the new one, whole, whenever the process dies.
///
/// What stands in them: `FileFormat`.
public enum AtomicFile {
  private static let serial = Atomic<Int>(0)

  /// Writes to a temporary file in the same folder, forces it to disk, and renames it over `path`; a symbolic link stays,
  /// and what it leads to is replaced.
  /// - Throws: `inputOutput`; the old file is then untouched.
  public static func write(_ payload: [UInt8], to path: String, as format: FileFormat) throws(TangentError) {
    let path = destination(of: path)
    let temporary = try createTemporary(beside: path)
    do throws(TangentError) {
      defer { close(temporary.descriptor) }
      try writeAll(format.header(of: payload), to: temporary.descriptor, path)
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
  ///   version, truncated or damaged; `outOfMemory`.
  public static func read(
    _ path: String, as format: FileFormat, cancel: CancelToken? = nil
  ) throws(TangentError) -> [UInt8] {
    let (descriptor, size) = try openToRead(path)
    defer { close(descriptor) }
    let header = try format.header(
      in: readBytes(FileFormat.headerSize, from: descriptor, path, cancel), of: size, from: path)
    // Once more as much is what the payload is made into.
    guard size <= MachineMemory.available / 2 else {
      throw TangentError(
        .outOfMemory,
        "\(path) holds \(ByteCount(size)), and reading takes twice as much; \(ByteCount(MachineMemory.available)) are allowed"
      )
    }
    let payload = try readBytes(header.length, from: descriptor, path, cancel)
    try format.check(payload, against: header, from: path, cancel: cancel)
    return payload
  }

  /// Tells before a long computation whether `write` to `path` can work, by creating and removing a file there.
  /// - Throws: `inputOutput` that names the folder and the reason.
  public static func checkWritable(_ path: String) throws(TangentError) {
    let temporary = try createTemporary(beside: destination(of: path))
    close(temporary.descriptor)
    unlink(temporary.path)
  }

  /// Whether something is at `path`, a link to nothing not included.
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Where symbolic links lead; what they lead to need not exist.
  private static func destination(of path: String) -> String {
    var path = path
    var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    // As many as the kernel follows; a circle is left to the error of opening it.
    for _ in 0..<40 {
      let length = readlink(path, &target, Int(PATH_MAX))
      guard length > 0 else { break }
      let next = String(decoding: target[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
      path = next.hasPrefix("/") ? next : folder + next
    }
    return path
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
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure("write", path) }
    return (descriptor, temporary)
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(TangentError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        systemWrite(descriptor, $0.baseAddress! + written, $0.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure("write", path) }
      written += count
    }
  }

  /// Bytes between two looks at the token.
  private static let portion = 1 << 24

  /// A regular file, and how many bytes it holds.
  private static func openToRead(_ path: String) throws(TangentError) -> (descriptor: Int32, size: Int) {
    guard !path.utf8.contains(0) else {
      throw TangentError(.inputOutput, "\"\(path)\" is not the path of a file")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure("read", path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw TangentError(.inputOutput, "cannot read \(path): it is not a regular file")
    }
    return (descriptor, Int(status.st_size))
  }

  /// The next bytes, fewer where the file ends.
  private static func readBytes(
    _ count: Int, from descriptor: Int32, _ path: String, _ cancel: CancelToken?
  ) throws(TangentError) -> [UInt8] {
    var failed: TangentError?
    // Straight into the array, which touches its pages once.
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, position in
      do throws(TangentError) {
        position = try fill(buffer, from: descriptor, path, cancel)
      } catch {
        failed = error
      }
    }
    if let failed { throw failed }
    return bytes
  }

  private static func fill(
    _ buffer: UnsafeMutableBufferPointer<UInt8>, from descriptor: Int32, _ path: String,
    _ cancel: CancelToken?
  ) throws(TangentError) -> Int {
    var position = 0
    while position < buffer.count {
      try cancel?.check()
      let count = systemRead(
        descriptor, buffer.baseAddress! + position, min(buffer.count - position, portion))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure("read", path) }
      if count == 0 { break }
      position += count
    }
    return position
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
