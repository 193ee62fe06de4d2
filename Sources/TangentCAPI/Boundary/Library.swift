internal import CTangent
internal import CTangentVector
internal import TangentNumerics
internal import TangentSimulation

let libraryVersion = "0.1.0"

/// The version of the binary interface; a caller compiled against another QTG_ABI_VERSION must not go on.
@c(qtg_abi_version)
public func abiVersion() -> Int32 { QTG_ABI_VERSION }

/// JSON: version, abi, cpu_level (baseline, x86-64-v3 or x86-64-v4), layout (few or many: for how many cores calls are
/// cut), history_limit (bytes of forward states that are kept of what goes through the circuit together; it goes by the
/// layout), threads, memory_limit (bytes that a call may take now), checks
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
      "history_limit": \(LayoutClass.current.historyOfUnit), \
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

/// From now on the calling thread's calls run unit by unit on that thread, as they would on a processor for each of the
/// threads that a call may use (`qtg_threads_set`), and are timed by that thread's processor time: `qtg_rehearsal_end`
/// tells what more processors would bring. Results stay the same. A rehearsal that has begun before is forgotten.
@c(qtg_rehearsal_begin)
public func rehearsalBegin() -> Int32 {
  guarded { () throws(TangentError) in Rehearsal.begin() }
}

/// Ends the calling thread's rehearsal. `units`: how many pieces of work it has come to that threads would have shared;
/// `work`: their seconds, with what it takes to time them; `chain`: the seconds from the first to the last of them if each thread had a processor, without
/// what threads cost each other. The rest of the thread's time stays as it is, however many there are.
/// Invalid argument if no rehearsal has begun in this thread.
@c(qtg_rehearsal_end)
public func rehearsalEnd(
  _ units: UnsafeMutablePointer<Int64>?, _ work: UnsafeMutablePointer<Double>?,
  _ chain: UnsafeMutablePointer<Double>?
) -> Int32 {
  always { () throws(TangentError) in
    let (units, work, chain) = (
      try Arguments.nonNull("units", units), try Arguments.nonNull("work", work),
      try Arguments.nonNull("chain", chain)
    )
    guard let rehearsal = Rehearsal.end() else {
      throw .invalid("no rehearsal has begun in this thread; call qtg_rehearsal_begin first")
    }
    units.pointee = Int64(rehearsal.units)
    work.pointee = 1e-9 * Double(rehearsal.work)
    chain.pointee = 1e-9 * Double(rehearsal.chain)
  }
}
