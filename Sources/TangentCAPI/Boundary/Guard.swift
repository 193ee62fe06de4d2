internal import CTangent
internal import TangentNumerics
internal import TangentSimulation

/// Runs the body of an exported function and turns its error into a status code and this thread's error text.
/// Refuses first where no memory is left to run in.
func guarded(_ body: () throws(TangentError) -> Void) -> Int32 {
  always { () throws(TangentError) in
    try AddressSpace.requireReserve()
    try body()
    if Invariants.areChecked { try Invariants.check() }
  }
}

/// The same for what must work, and can, where no memory is left: to free, to stop, to tell what failed.
func always(_ body: () throws(TangentError) -> Void) -> Int32 {
  do throws(TangentError) {
    try body()
    return Int32(QTG_OK.rawValue)
  } catch {
    LastError.set(error.message)
    return error.kind.rawValue
  }
}

/// The same for a call that a token (0 for none) can cancel; the token counts it until it is over.
func guarded(
  _ cancel: Int64, _ body: (CancelToken?) throws(TangentError) -> Void
) -> Int32 {
  guarded { () throws(TangentError) in
    if cancel == 0 { return try body(nil) }
    try CancelBox.find(cancel).hold { (token) throws(TangentError) in try body(token) }
  }
}

/// The text of the last failure, one per thread; other threads do not see it.
enum LastError {
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    // A failure leaves key 0; the texts would then be shared or lost, but nothing breaks.
    _ = pthread_key_create(&key) { free($0) }
    return key
  }()

  static func set(_ message: String) {
    free(pthread_getspecific(key))
    pthread_setspecific(key, strdup(message))
  }

  static var text: String {
    guard let stored = pthread_getspecific(key) else { return "" }
    return String(cString: stored.assumingMemoryBound(to: CChar.self))
  }
}
