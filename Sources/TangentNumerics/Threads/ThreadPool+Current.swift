extension ThreadPool {
  /// The pool that calls from this thread use: the one that it works for, or that of `use`, or the shared one.
  public static var current: ThreadPool {
    guard let own = specific(inside) ?? specific(ownPool) else { return shared }
    return Unmanaged<ThreadPool>.fromOpaque(own).takeUnretainedValue()
  }

  /// Calls that `body` makes from this thread use this pool: what a test tells of threads must not depend on the tests
  /// beside it.
  package func use<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard let key = ThreadPool.ownPool else { return try body() }
    let before = pthread_getspecific(key)
    pthread_setspecific(key, Unmanaged.passUnretained(self).toOpaque())
    defer { pthread_setspecific(key, before) }
    return try withExtendedLifetime(self, body)
  }

  /// Notes that the calling thread works for a pool, in a call or as a helper, until `leave`; false if it did so already.
  static func enter(_ pool: ThreadPool) -> Bool {
    guard let key = inside, pthread_getspecific(key) == nil else { return false }
    pthread_setspecific(key, Unmanaged.passUnretained(pool).toOpaque())
    return true
  }

  static func leave() {
    if let key = inside { pthread_setspecific(key, nil) }
  }

  /// Nil where the process has no storage left: every call then uses the shared pool.
  private static let ownPool = newKey()
  /// The pool that a thread works for. Without storage every call counts its thread once more.
  private static let inside = newKey()

  private static func newKey() -> pthread_key_t? {
    var key = pthread_key_t()
    return pthread_key_create(&key, nil) == 0 ? key : nil
  }

  private static func specific(_ key: pthread_key_t?) -> UnsafeMutableRawPointer? {
    key.flatMap { pthread_getspecific($0) }
  }
}
