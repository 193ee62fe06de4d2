/// Runs the calls of one thread as a pool would on as many processors as it has threads, but one task after another on
/// the calling thread, each as the worker who would come to it first, and adds up how long that would take: so what more
/// processors bring is known where there are few.
///
/// Time is the processor's, which other work on the machine does not count for. Left out is what workers cost each other: a microsecond or two for passing work on and waiting for the last, and the
/// caches and the memory that they share.
public final class Rehearsal {
  /// Tasks that were run and made no call for several workers themselves.
  public private(set) var units = 0
  /// Nanoseconds in calls for several workers, those that tasks make counted once, what it takes to time them included.
  public private(set) var work = 0
  /// Nanoseconds that these calls would take.
  public private(set) var chain = 0

  /// Of the calling thread.
  static var current: Rehearsal? {
    guard let key, let own = pthread_getspecific(key) else { return nil }
    return Unmanaged<Rehearsal>.fromOpaque(own).takeUnretainedValue()
  }

  /// Rehearses the calls that the calling thread makes from now on, until `end`; what was rehearsed before is forgotten.
  public static func begin() {
    _ = end()
    if let key { pthread_setspecific(key, Unmanaged.passRetained(Rehearsal()).toOpaque()) }
  }

  /// What has been rehearsed; nil if nothing has begun.
  public static func end() -> Rehearsal? {
    guard let key, let own = pthread_getspecific(key) else { return nil }
    pthread_setspecific(key, nil)
    return Unmanaged<Rehearsal>.fromOpaque(own).takeRetainedValue()
  }

  /// Nil where the process has no storage left: nothing is rehearsed then.
  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    let made = pthread_key_create(&key) { Unmanaged<Rehearsal>.fromOpaque($0!).release() }
    return made == 0 ? key : nil
  }()

  /// Calls `body(worker, tasks)` for each task alone.
  func share(tasks: Int, among workers: Int, body: (_ worker: Int, _ tasks: ThreadPool.Tasks) -> Void) {
    let begin = processorNanoseconds()
    let (workBefore, chainBefore) = (work, chain)
    /// When each worker is free.
    var ends = [Int](repeating: 0, count: workers)
    for task in 0..<tasks {
      let worker = ends.indices.min { ends[$0] < ends[$1] }!
      (work, chain) = (0, 0)
      let unitsBefore = units
      let began = processorNanoseconds()
      body(worker, ThreadPool.Tasks(task..<task + 1))
      let duration = processorNanoseconds() - began
      if units == unitsBefore { units += 1 }
      ends[worker] += duration - work + chain
    }
    chain = chainBefore + ends.max()!
    work = workBefore + processorNanoseconds() - begin
  }
}
