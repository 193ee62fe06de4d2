internal import TangentNumerics

/// What a handle names. The raw value is part of the handle, so that a handle of another type is told apart.
enum HandleKind: UInt8 {
  case cancel = 1
  case circuit = 2
  case observable = 3
  case model = 4
  case run = 5
  case samples = 6
  case trigonometric = 7
  case channel = 8
  case measurement = 9
}

/// An object that C code holds by handle.
protocol Handled: AnyObject, Sendable {
  static var kind: HandleKind { get }
}

/// The objects that C code holds, by checked integer handles: a freed, foreign or invented handle is an error,
/// never a crash.
///
/// A handle is generation (31 bits) | slot (24 bits) | kind (8 bits), all of it xor a number that the process draws at
/// random: a handle that came from another process, in a pickle say, names nothing here. A child after fork has the
/// table and the number of its parent. A slot's generation grows when its object is
/// freed, so an old handle never names a newer object. A lookup retains the object, so that freeing a handle while
/// another thread still computes with it is safe.
final class HandleTable: @unchecked Sendable {
  static let shared = HandleTable()

  private struct Slot {
    var object: AnyObject?
    var kind: HandleKind
    var generation: Int64
  }

  private static let slotBits: Int64 = 24
  private static let kindBits: Int64 = 8
  private static let lastGeneration: Int64 = 0x7FFF_FFFF
  /// Not a kind: so no handle is 0.
  private static let noKind: Int64 = 0x80

  // A POSIX mutex, because a child after fork must be able to unlock what its parent locked.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let mask = Int64.random(in: 0...Int64.max) | HandleTable.noKind
  private var slots: [Slot] = []
  private var freeSlots: [Int] = []

  private init() {
    pthread_mutex_init(mutex, nil)
    pthread_atfork(
      { pthread_mutex_lock(HandleTable.shared.mutex) }, { pthread_mutex_unlock(HandleTable.shared.mutex) },
      { pthread_mutex_unlock(HandleTable.shared.mutex) })
  }

  private func locked<T, E: Error>(_ body: () throws(E) -> T) throws(E) -> T {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }

  /// The handle of a newly stored object.
  func insert<T: Handled>(_ object: T) throws(TangentError) -> Int64 {
    try locked { () throws(TangentError) -> Int64 in
      let slot: Int
      if let free = freeSlots.popLast() {
        slot = free
        slots[slot].object = object
        slots[slot].kind = T.kind
      } else {
        guard slots.count < 1 << HandleTable.slotBits else {
          throw TangentError(.outOfMemory, "\(slots.count) handles are in use; free some")
        }
        slot = slots.count
        slots.append(Slot(object: object, kind: T.kind, generation: 1))
      }
      let plain =
        slots[slot].generation << (HandleTable.slotBits + HandleTable.kindBits)
        | Int64(slot) << HandleTable.kindBits | Int64(T.kind.rawValue)
      return plain ^ mask
    }
  }

  /// The object of a handle.
  /// - Throws: `invalidHandle` for a handle that is unknown, freed, or of another type.
  func find<T: Handled>(_ handle: Int64, as type: T.Type) throws(TangentError) -> T {
    try locked { () throws(TangentError) -> T in
      let slot = try slotIndex(of: handle, kind: T.kind)
      guard let object = slots[slot].object as? T else {
        throw TangentError(.internalError, "the object of handle \(handle) is not a \(T.kind)")
      }
      return object
    }
  }

  /// Forgets a handle; the object lives on while a call still uses it.
  func remove(_ handle: Int64, kind: HandleKind) throws(TangentError) {
    // The object is released outside the lock: its deinit may take time.
    _ = try locked { () throws(TangentError) -> AnyObject? in
      let slot = try slotIndex(of: handle, kind: kind)
      let object = slots[slot].object
      slots[slot].object = nil
      if slots[slot].generation < HandleTable.lastGeneration {
        slots[slot].generation += 1
        freeSlots.append(slot)
      }
      return object
    }
  }

  /// How many objects are held.
  var count: Int {
    locked { () throws(Never) -> Int in slots.reduce(0) { $0 + ($1.object == nil ? 0 : 1) } }
  }

  private func slotIndex(of handle: Int64, kind: HandleKind) throws(TangentError) -> Int {
    let plain = handle ^ mask
    guard handle > 0, let named = HandleKind(rawValue: UInt8(truncatingIfNeeded: plain)) else {
      throw TangentError(
        .invalidHandle, "\(handle) is not a handle of this process; one of type \(kind) is expected")
    }
    guard named == kind else {
      throw TangentError(
        .invalidHandle, "handle \(handle) is of type \(named), one of type \(kind) is expected")
    }
    let slot = Int(plain >> HandleTable.kindBits) & ((1 << Int(HandleTable.slotBits)) - 1)
    let generation = plain >> (HandleTable.slotBits + HandleTable.kindBits)
    guard slot < slots.count, slots[slot].generation == generation, slots[slot].kind == kind,
      slots[slot].object != nil
    else { throw TangentError(.invalidHandle, "\(kind) handle \(handle) was freed or never existed") }
    return slot
  }
}
