import Glibc

extension ThreadPool {
  /// The pool that calls from this thread use: the shared one, except inside of `use`.
  public static var current: ThreadPool {
    guard let own = pthread_getspecific(ownPool) else { return shared }
    return Unmanaged<ThreadPool>.fromOpaque(own).takeUnretainedValue()
  }

  /// Calls that `body` makes from this thread use this pool: what a test tells of threads must not depend on the tests
  /// beside it.
  package func use<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = pthread_getspecific(ThreadPool.ownPool)
    pthread_setspecific(ThreadPool.ownPool, Unmanaged.passUnretained(self).toOpaque())
    defer { pthread_setspecific(ThreadPool.ownPool, before) }
    return try withExtendedLifetime(self, body)
  }

  private static let ownPool: pthread_key_t = {
    var key = pthread_key_t()
    guard pthread_key_create(&key, nil) == 0 else { fatalError("no thread-specific storage is left") }
    return key
  }()
}
