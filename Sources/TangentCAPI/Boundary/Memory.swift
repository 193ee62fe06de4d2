internal import TangentNumerics
internal import TangentSimulation

/// What a call may allocate. Calls estimate first and ask, so that too much is an error and not the end of the process.
enum Memory {
  static var allowed: Int { MachineMemory.available }

  static func require(_ bytes: Int, _ what: @autoclosure () -> String) throws(TangentError) {
    let allowed = allowed
    guard bytes <= allowed else {
      throw TangentError(
        .outOfMemory, "\(what()) take \(ByteCount(bytes)), \(ByteCount(allowed)) are allowed")
    }
  }
}
