import TangentNumerics

extension TrainingRun {
  /// Writes the run to a file, atomically: model, data, targets, options, optimizer state, parameters and record.
  /// - Throws: `inputOutput`; an older file at `path` is then untouched.
  public func save(path: String) throws(TangentError) {
    let bytes = try exclusively { RunFormat.encode(self, checkpointEvery: 0) }
    try AtomicFile.write(bytes, to: path, as: RunFormat.file)
  }

  /// A run from a file that `save` or a checkpoint wrote; it goes on bit for bit where that run stood. A run from
  /// a checkpoint goes on writing checkpoints to the same file.
  /// - Throws: `inputOutput` if it cannot be read; `corruptedFile` if it is another kind of file, of another
  ///   version, truncated or damaged.
  public static func load(path: String) throws(TangentError) -> TrainingRun {
    let bytes = try AtomicFile.read(path, as: RunFormat.file)
    do throws(TangentError) {
      return try RunFormat.decode(bytes, path: path)
    } catch {
      if error.kind == .inputOutput { throw error }
      throw TangentError(.corruptedFile, "\(path): \(error.message)")
    }
  }

  func writeCheckpoint() throws(TangentError) {
    guard let checkpoint = options.checkpoint else { return }
    let bytes = RunFormat.encode(self, checkpointEvery: checkpoint.every)
    try AtomicFile.write(bytes, to: checkpoint.path, as: RunFormat.file)
  }
}
