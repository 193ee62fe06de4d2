import Glibc
import Testing

@testable import TangentNumerics

@Suite struct AtomicFileTests {
  static let format = FileFormat(name: "test file", magic: "QTGTEST\n", version: 3)

  /// A fresh folder, removed at the end of the body.
  private func withFolder(_ body: (String) async throws -> Void) async throws {
    var template = Array("/tmp/qtangent-XXXXXX".utf8CString)
    let folder = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    defer {
      for name in Self.entries(folder) { unlink("\(folder)/\(name)") }
      rmdir(folder)
    }
    try await body(folder)
  }

  private static func entries(_ folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private func raw(_ path: String) -> [UInt8] {
    let file = fopen(path, "rb")!
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(byte)) }
    return bytes
  }

  private func put(_ bytes: [UInt8], _ path: String) {
    let file = fopen(path, "wb")!
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  private func message(_ kind: TangentError.Kind, _ body: () throws -> Void) -> String {
    let error = #expect(throws: TangentError.self) { try body() }
    #expect(error?.kind == kind)
    return error?.message ?? ""
  }

  @Test func roundTripAndReplacement() async throws {
    try await withFolder { folder in
      let path = "\(folder)/a"
      for payload: [UInt8] in [[], [1, 2, 3], (0..<100_000).map { UInt8($0 & 255) }] {
        try AtomicFile.write(payload, to: path, as: Self.format)
        #expect(try AtomicFile.read(path, as: Self.format) == payload)
      }
      #expect(Self.entries(folder) == ["a"])
    }
  }

  @Test func everyTruncationAndEveryFlippedByteIsFound() async throws {
    try await withFolder { folder in
      let path = "\(folder)/a"
      try AtomicFile.write([UInt8](10..<50), to: path, as: Self.format)
      let whole = raw(path)
      for length in 0..<whole.count {
        put(Array(whole.prefix(length)), path)
        #expect(
          message(.corruptedFile) { _ = try AtomicFile.read(path, as: Self.format) }.contains("truncated"))
      }
      put(whole + [0], path)
      #expect(message(.corruptedFile) { _ = try AtomicFile.read(path, as: Self.format) }.contains("damaged"))
      for position in whole.indices {
        var bytes = whole
        bytes[position] ^= 0x10
        put(bytes, path)
        let text = message(.corruptedFile) { _ = try AtomicFile.read(path, as: Self.format) }
        switch position {
        case 0..<8: #expect(text.contains("is not a QTangent test file"))
        case 8..<12: #expect(text.contains("reads version 3"))
        case 20..<28: #expect(text.contains("truncated") || text.contains("damaged"))
        default: #expect(text.contains("damaged"))
        }
      }
    }
  }

  /// Files without content may claim any size: it must be compared with the memory before that is taken.
  @Test func filesBeyondTheMemoryAreRefusedUnread() async throws {
    try await withFolder { folder in
      let path = "\(folder)/a"
      put([], path)
      #expect(truncate(path, 1 << 40) == 0)
      #expect(message(.corruptedFile) { _ = try AtomicFile.read(path, as: Self.format) }.contains("is not a"))
      var header = ByteWriter()
      for byte in Self.format.magic.utf8 { header.write(byte) }
      header.write(Self.format.version)
      header.write(0)
      header.write(1 << 40)
      put(header.bytes, path)
      #expect(truncate(path, 28 + 1 << 40) == 0)
      let text = message(.outOfMemory) { _ = try AtomicFile.read(path, as: Self.format) }
      #expect(text.contains("\(path) holds 1.1 TB") && text.contains("are allowed"))
    }
  }

  @Test func unwritableFoldersAreNamedBeforehand() async throws {
    try await withFolder { folder in
      try AtomicFile.checkWritable("\(folder)/a")
      #expect(Self.entries(folder).isEmpty)
      let missing = "\(folder)/none/a"
      #expect(message(.inputOutput) { try AtomicFile.checkWritable(missing) }.contains(missing))
      #expect(message(.inputOutput) { try AtomicFile.checkWritable(folder) }.contains("not a regular file"))
      _ = message(.inputOutput) { try AtomicFile.checkWritable("") }
      _ = message(.inputOutput) { try AtomicFile.checkWritable("\(folder)/") }
      _ = message(.inputOutput) { try AtomicFile.checkWritable("\(folder)/a\0b") }
      _ = message(.inputOutput) { try AtomicFile.checkWritable("/proc/a") }
      _ = message(.inputOutput) { _ = try AtomicFile.read(missing, as: Self.format) }
      _ = message(.inputOutput) { _ = try AtomicFile.read(folder, as: Self.format) }
    }
  }

  /// A full disk, played by the file size limit of a child process.
  @Test func failedWriteLeavesTheOldFile() async throws {
    try await withFolder { folder in
      let path = "\(folder)/a"
      try AtomicFile.write([1, 2, 3], to: path, as: Self.format)
      await #expect(processExitsWith: .success) { [path = path as String] in
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        do {
          try AtomicFile.write([UInt8](repeating: 9, count: 5000), to: path, as: AtomicFileTests.format)
          exit(1)
        } catch let error as TangentError {
          exit(error.kind == .inputOutput ? 0 : 2)
        }
      }
      #expect(try AtomicFile.read(path, as: Self.format) == [1, 2, 3])
      #expect(Self.entries(folder) == ["a"])
    }
  }

  /// Files of changing size, each filled with one byte, are written over each other until SIGKILL comes.
  @Test(arguments: [3000, 11_000, 23_000, 40_000])
  func killedWriterLeavesAWholeFile(microseconds: Int) async throws {
    try await withFolder { folder in
      let path = "\(folder)/a"
      try AtomicFile.write([0], to: path, as: Self.format)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path as String, microseconds = microseconds as Int] in
        try AtomicFile.write([1], to: path, as: AtomicFileTests.format)
        let start = ContinuousClock.now
        let killer = Task.detached {
          while ContinuousClock.now - start < .microseconds(microseconds) {}
          kill(getpid(), SIGKILL)
        }
        var round = 1
        while true {
          round += 1
          let payload = [UInt8](repeating: UInt8(round & 255), count: 1 + round * 7919 % 300_000)
          try AtomicFile.write(payload, to: path, as: AtomicFileTests.format)
        }
        _ = killer
      }
      let payload = try AtomicFile.read(path, as: Self.format)
      #expect(payload != [0])
      #expect(payload.allSatisfy { $0 == payload[0] })
    }
  }
}
