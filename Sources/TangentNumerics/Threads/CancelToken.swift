import Synchronization

/// A flag that one thread sets and the long loops of another poll.
public final class CancelToken: Sendable {
  private let flag = Atomic<Bool>(false)

  public init() {}

  public var isCancelled: Bool { flag.load(ordering: .relaxed) }

  public func cancel() { flag.store(true, ordering: .relaxed) }

  public func reset() { flag.store(false, ordering: .relaxed) }

  /// - Throws: `cancelled` once the token is set.
  public func check() throws(TangentError) {
    if isCancelled { throw TangentError(.cancelled, "the call was cancelled") }
  }
}
