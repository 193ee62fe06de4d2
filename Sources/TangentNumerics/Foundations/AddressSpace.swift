import Synchronization

/// What a limit on the address space (ulimit -v, RLIMIT_AS) leaves. An allocation that fails ends the process, so calls ask
/// before they begin.
public enum AddressSpace {
  /// For small allocations that no estimate counts, and for the stack and the heap of a thread.
  static let reserve = 64 << 20
  /// Stack and heap of one more thread, beside the reserve.
  static let threadBytes = 192 << 20

  /// Bytes up to the limit, beside the reserve; nil without a limit, and where the system does not tell what is taken.
  public static var left: Int? {
    #if os(Linux)
      let now = tick
      if unlimitedTick.load(ordering: .relaxed) == now { return nil }
      var limit = rlimit()
      guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(Int.max)
      else {
        unlimitedTick.store(now, ordering: .relaxed)
        return nil
      }
      guard let taken else { return nil }
      return Int(limit.rlim_cur) - taken - reserve
    #else
      return nil
    #endif
  }

  #if os(Linux)
    /// When there was no limit. The system call takes 0.3 us, which a small call would notice several times over, so it is
    /// asked once a tick of some milliseconds.
    private static let unlimitedTick = Atomic<Int>(-1)

    private static var tick: Int {
      var now = timespec()
      clock_gettime(CLOCK_MONOTONIC_COARSE, &now)
      return now.tv_sec &* 1000 &+ now.tv_nsec / 1_000_000
    }
  #endif

  static var allowsThread: Bool { left.map { $0 >= threadBytes } ?? true }

  /// - Throws: `outOfMemory` where the reserve is gone.
  public static func requireReserve() throws(TangentError) {
    guard let left, left < 0 else { return }
    throw TangentError(
      .outOfMemory,
      "a call needs \(ByteCount(reserve)), the limit of the address space (ulimit -v) leaves "
        + "\(ByteCount(max(0, left + reserve)))")
  }

  /// The first number of /proc/self/statm, in pages. Read without the heap.
  private static var taken: Int? {
    let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var text = InlineArray<64, UInt8>(repeating: 0)
    let count = withUnsafeMutableBytes(of: &text) { read(descriptor, $0.baseAddress, 64) }
    guard count > 0 else { return nil }
    var pages = 0
    for k in 0..<count {
      guard case 48...57 = text[k] else { break }
      pages = 10 * pages + Int(text[k]) - 48
    }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}

extension MachineMemory {
  /// What a call may take now: less than `limit` where the address space is limited.
  public static var available: Int { AddressSpace.left.map { min(max(0, $0), limit) } ?? limit }
}
