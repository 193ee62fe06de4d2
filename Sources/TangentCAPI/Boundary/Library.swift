internal import CTangent
internal import CTangentVector
internal import TangentNumerics
internal import TangentSimulation

let libraryVersion = "0.1.0"

/// The version of the binary interface; a caller compiled against another QTG_ABI_VERSION must not go on.
@c(qtg_abi_version)
public func abiVersion() -> Int32 { QTG_ABI_VERSION }

/// JSON: version, abi, cpu_level (baseline, x86-64-v3 or x86-64-v4), layout (few or many: for how many cores calls are
/// cut), threads, memory_limit (bytes that a call may take now), checks
/// (QTANGENT_CHECK=1), compiler, configuration.
@c(qtg_build_info)
public func buildInfo(
  _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int64, _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  always { () throws(TangentError) in
    #if DEBUG
      let configuration = "debug"
    #else
      let configuration = "release"
    #endif
    let text = """
      {"version": "\(libraryVersion)", "abi": \(QTG_ABI_VERSION), \
      "cpu_level": "\(String(cString: ctv_cpu_level()))", "layout": "\(LayoutClass.current.rawValue)", \
      "threads": \(ThreadPool.shared.threadCount), \
      "memory_limit": \(Memory.allowed), "checks": \(Invariants.areChecked), \
      "compiler": "\(String(cString: qtg_compiler))", "configuration": "\(configuration)"}
      """
    try Results.write(text, buffer, capacity, length)
  }
}

/// The text of the last failure in the calling thread, empty if there was none. Does not change it unless the
/// buffer is too small.
@c(qtg_last_error)
public func lastError(
  _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int64, _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  always { () throws(TangentError) in try Results.write(LastError.text, buffer, capacity, length) }
}

/// How many handles the process has that were not freed, of all types together: one more than before where one was lost.
@c(qtg_handle_count)
public func handleCount(_ count: UnsafeMutablePointer<Int64>?) -> Int32 {
  guarded { () throws(TangentError) in
    try Arguments.nonNull("count", count).pointee = Int64(HandleTable.shared.count)
  }
}

/// How many threads a call may use, 1 to 256; at first QTANGENT_NUM_THREADS or the processors that the process
/// may use, by its container's quota too. Results do not depend on it.
@c(qtg_threads_set)
public func threadsSet(_ count: Int64) -> Int32 {
  guarded { () throws(TangentError) in try ThreadPool.shared.setThreadCount(Int(count)) }
}

@c(qtg_threads_get)
public func threadsGet(_ count: UnsafeMutablePointer<Int64>?) -> Int32 {
  always { () throws(TangentError) in
    try Arguments.nonNull("count", count).pointee = Int64(ThreadPool.shared.threadCount)
  }
}
