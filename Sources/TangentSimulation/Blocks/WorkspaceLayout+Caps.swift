import CTangentVector
import TangentNumerics

extension WorkspaceLayout {
  /// Bytes that all workers of a call together may hold of forward states, and of phase tables.
  ///
  /// What does not fit in a worker's share is not kept. The share goes by the layout class, neither by the threads in use
  /// nor by the machine's: whether states are kept shows in the last bits of a result. Where threads outnumber the
  /// shares, fewer work.
  struct Caps: Sendable {
    var tables: Int
    var history: Int
    let layout: LayoutClass
    var shares: Int
    /// Registers of more qubits go state by state through tiles instead of four at a time in blocks; few samples of
    /// fewer qubits do as well.
    var blockQubits = 12
    var fewestTiledQubits = 9
    /// From here on states that fit in one tile may go one by one because cores would be idle.
    var fewestSingleQubits = 10
    /// Whether eight doubles are one vector, so that eight states may go in a block.
    var hasWideVectors = ctv_has_wide_vectors()
    /// Index bits of a tile: psi, lambda and a phase table of it fit in a second-level cache of a megabyte.
    var tile = 11

    init(
      _ layout: LayoutClass = .current, tables: Int = 256 << 20, history: Int = 256 << 20, shares: Int? = nil
    ) {
      self.layout = layout
      self.tables = tables
      self.history = history
      self.shares = shares ?? layout.shares
    }

    /// Bytes of forward states that are kept of a unit, the share of a worker.
    var historyOfUnit: Int { history / shares }

    /// How often so many bytes fit.
    static func holders(of bytes: Int, cap: Int) -> Int { bytes == 0 ? .max : cap / bytes }

    /// A state of one tile is walked in place, so it may be twice as large.
    func tileBits(register n: Int) -> Int { n - 2 <= tile + 1 ? tile + 1 : tile }
  }
}

extension LayoutClass {
  /// Bytes of forward states that are kept of a unit; where it has more, they are undone on the way back.
  public var historyOfUnit: Int { WorkspaceLayout.Caps(self).historyOfUnit }
}
