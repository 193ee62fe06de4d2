import TangentNumerics

extension Run {
  /// Writes the run to a file, atomically: problem, options, optimizer state, parameters and record.
  /// - Throws: `inputOutput`; an older file at `path` is then untouched.
  public func save(path: String) throws(TangentError) {
    let bytes = try exclusively { RunFormat<Problem>.encode(self, checkpointEvery: 0) }
    try AtomicFile.write(bytes, to: path, as: file)
  }

  /// A run from a file that `save` or a checkpoint wrote; it goes on bit for bit where that run stood. A run from
  /// a checkpoint goes on writing checkpoints to the same file.
  /// - Throws: `inputOutput` if it cannot be read; `corruptedFile` if it is another kind of file, of another
  ///   version, truncated or damaged; `cancelled`.
  public static func load(path: String, cancel: CancelToken? = nil) throws(TangentError) -> Run {
    try decode(
      AtomicFile.read(path, as: Problem.file, cancel: cancel), from: path, path: path, cancel: cancel)
  }

  /// What `save` writes, in memory.
  public func serialized() throws(TangentError) -> [UInt8] {
    let payload = try exclusively { RunFormat<Problem>.encode(self, checkpointEvery: 0) }
    return file.header(of: payload) + payload
  }

  /// A run from what `serialized` gave.
  /// - Throws: `corruptedFile` for bytes of another format or version, truncated or damaged ones.
  public static func deserialized(_ bytes: [UInt8]) throws(TangentError) -> Run {
    try decode(Problem.file.payload(of: bytes, from: "the run"), from: "the run", path: nil)
  }

  /// Shots alone need the newest version.
  private var file: FileFormat { options.shots == nil ? Problem.file.asOldest : Problem.file }

  private static func decode(
    _ payload: [UInt8], from source: String, path: String?, cancel: CancelToken? = nil
  ) throws(TangentError) -> Run {
    do throws(TangentError) {
      return try RunFormat<Problem>.decode(payload, path: path, cancel: cancel)
    } catch {
      if error.kind == .inputOutput || error.kind == .cancelled { throw error }
      throw TangentError(.corruptedFile, "\(source): \(error.message)")
    }
  }

  /// A run at its start must not take the place of an older one.
  /// - Throws: `inputOutput` where its checkpoint exists.
  public func requireNewCheckpoint() throws(TangentError) {
    guard let path = options.checkpoint?.path, AtomicFile.exists(path) else { return }
    throw TangentError(
      .inputOutput,
      "\(path) exists already, and a new training would overwrite it; go on with it (resume), remove it, or choose another path"
    )
  }

  func writeCheckpoint() throws(TangentError) {
    guard let checkpoint = options.checkpoint else { return }
    let bytes = RunFormat<Problem>.encode(self, checkpointEvery: checkpoint.every)
    try AtomicFile.write(bytes, to: checkpoint.path, as: file)
  }
}
