import TangentNumerics

/// For how many cores calls are cut into units: 2 or 16. What goes through the circuit together shows in the last bits of a
/// result, so it depends on this class alone, and neither on the machine nor on the threads in use.
///
/// Four samples in a block are the least work. But few samples are few blocks: on many cores samples of ten qubits or
/// more then go one by one, if that is done sooner.
public enum LayoutClass: String, Sendable, CaseIterable {
  case few
  case many

  /// From QTANGENT_LAYOUT, or from the machine's processors.
  public static let current: LayoutClass =
    getenv("QTANGENT_LAYOUT").flatMap { LayoutClass(rawValue: String(cString: $0)) }
    ?? (sysconf(Int32(_SC_NPROCESSORS_CONF)) >= 8 ? .many : .few)

  /// In files.
  public var code: UInt8 { self == .few ? 0 : 1 }

  public init?(code: UInt8) {
    guard let found = LayoutClass.allCases.first(where: { $0.code == code }) else { return nil }
    self = found
  }

  var cores: Int { self == .few ? 2 : 16 }

  /// The parts into which a call's memory for forward states is divided (`WorkspaceLayout.Caps`): 32 MB and 8 MB. Beyond
  /// 32 MB they are undone as fast as they are read again (docs/engine.md); many cores share what is behind their own caches.
  var shares: Int { self == .few ? 8 : 32 }

  /// Whether so many states, one by one, are done before blocks of them would be.
  func prefersSingleStates(_ units: Int) -> Bool {
    let width = Lane.scalarCount
    func rounds(_ units: Int) -> Double { Double((units - 1) / cores + 1) }
    return rounds(units) * LayoutClass.singleCost < rounds((units - 1) / width + 1) * Double(width)
  }

  /// Whether as many states are done sooner in blocks of eight than in blocks of four, where eight doubles are one
  /// vector.
  func prefersWideBlocks(_ units: Int, qubits: Int) -> Bool {
    func rounds(_ width: Int) -> Double { Double(((units - 1) / width) / cores + 1) }
    return rounds(WideLane.scalarCount) * LayoutClass.wideCost(qubits) < rounds(Lane.scalarCount)
  }

  /// What a block of eight costs, in blocks of four: measured on an AMD EPYC, 1.2 to 1.45 up to n = 8, where psi and a
  /// table are in the first-level cache, and 1.6 to 1.77 beyond.
  private static func wideCost(_ qubits: Int) -> Double { qubits <= 8 ? 1.4 : 1.75 }

  /// What a state by itself costs, in quarters of a block of four: measured on an AMD EPYC, 1.12 at n = 10 and 1.21 at
  /// n = 12. At n = 8 it is 1.42 there and 2.3 on an Intel Xeon, which is too much.
  private static let singleCost = 1.2
}
