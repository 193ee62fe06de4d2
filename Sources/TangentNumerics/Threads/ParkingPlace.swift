import CTangentThreads

/// Where one thread sleeps until another wakes it.
///
/// The sleeper wakes on another processor than its waker's. Left to itself, Linux often puts it onto that very
/// processor, which the waker is about to keep busy: both then share it for milliseconds, longer than most calls take.
final class ParkingPlace: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// The thread that is parked here.
  private var sleeper: pthread_t?
  /// The processors that the sleeper may use, where it has been kept off one of them.
  private var processors: ctt_processors?

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Lets the calling thread sleep until `isOver`, which is asked before and after every `unpark`.
  func park(until isOver: () -> Bool) {
    pthread_mutex_lock(mutex)
    sleeper = pthread_self()
    while !isOver() { pthread_cond_wait(condition, mutex) }
    sleeper = nil
    let kept = processors
    processors = nil
    pthread_mutex_unlock(mutex)
    if var kept { ctt_use(&kept) }
  }

  /// Wakes the thread that is parked here; false if there is none.
  @discardableResult
  func unpark() -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if let sleeper {
      if processors == nil {
        var allowed = ctt_processors()
        if ctt_keep_off_this_processor(sleeper, &allowed) { processors = allowed }
      }
      pthread_cond_signal(condition)
    }
    return sleeper != nil
  }
}
