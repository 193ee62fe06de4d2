import Glibc

extension ThreadPool {
  /// The pool that calls from this thread use: the shared one, except inside of `use`.
  public static var current: ThreadPool {
    guard let key = ownPool, let own = pthread_getspecific(key) else { return shared }
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

  /// Nil where the process has no storage left: every call then uses the shared pool.
  private static let ownPool: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key, nil) == 0 ? key : nil
  }()
}
