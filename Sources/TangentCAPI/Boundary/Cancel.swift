public import CTangent
internal import TangentNumerics

/// A cancel token that knows how many calls hold it, so that a caller can wait until they are over.
final class CancelBox: Handled, @unchecked Sendable {
  static let kind = HandleKind.cancel

  private let token = CancelToken()
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  // Only whoever holds the mutex touches these.
  private var calls = 0
  private var isFinished = false

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  static func find(_ handle: Int64) throws(TangentError) -> CancelBox {
    try HandleTable.shared.find(handle, as: CancelBox.self)
  }

  /// Runs a call that can be cancelled.
  /// - Throws: `cancelled` before it begins if the token is finished.
  func hold(_ call: (CancelToken) throws(TangentError) -> Void) throws(TangentError) {
    try locked { () throws(TangentError) in
      guard !isFinished else { throw TangentError(.cancelled, "the call was cancelled") }
      calls += 1
    }
    defer {
      locked {
        calls -= 1
        pthread_cond_broadcast(changed)
      }
    }
    try call(token)
  }

  func set() { token.cancel() }

  func finish() {
    token.cancel()
    locked {
      isFinished = true
      while calls > 0 { pthread_cond_wait(changed, mutex) }
    }
  }

  func reset() {
    locked {
      token.reset()
      isFinished = false
    }
  }

  private func locked<E: Error>(_ body: () throws(E) -> Void) throws(E) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    try body()
  }
}

/// A new cancel token, not set. Pass it to a long call and set it from another thread to stop that call.
@c(qtg_cancel_create)
public func cancelCreate(_ result: UnsafeMutablePointer<qtg_cancel>?) -> Int32 {
  guarded { () throws(TangentError) in
    let result = try Arguments.nonNull("result", result)
    result.pointee = try HandleTable.shared.insert(CancelBox())
  }
}

/// Asks the calls that hold the token to stop; they return QTG_CANCELLED soon.
@c(qtg_cancel_set)
public func cancelSet(_ cancel: qtg_cancel) -> Int32 {
  always { () throws(TangentError) in try CancelBox.find(cancel).set() }
}

/// Sets the token and waits until every call that holds it has returned; a call that comes later returns
/// QTG_CANCELLED before it touches anything. From then on the caller may free what it had passed to them. Not for a
/// callback of such a call, which would wait for itself.
@c(qtg_cancel_finish)
public func cancelFinish(_ cancel: qtg_cancel) -> Int32 {
  always { () throws(TangentError) in try CancelBox.find(cancel).finish() }
}

/// Makes a token that was set or finished usable again.
@c(qtg_cancel_reset)
public func cancelReset(_ cancel: qtg_cancel) -> Int32 {
  always { () throws(TangentError) in try CancelBox.find(cancel).reset() }
}

@c(qtg_cancel_free)
public func cancelFree(_ cancel: qtg_cancel) -> Int32 {
  always { () throws(TangentError) in try HandleTable.shared.remove(cancel, kind: .cancel) }
}
