import TangentNumerics

/// The kernel matrix of an infinitely wide recurrent network between two sets of sequences, or of one set with itself.
///
/// Pairs go sixteen at a time through the lanes: sequences of the columns where the readout sees the last step,
/// diagonals t - t' of one pair where it sees the mean. Every entry is computed by itself, so that its bits depend
/// neither on threads nor on what else is computed.
public struct RecurrentKernel: Sendable {
  let network: RecurrentNetwork
  let rows: Sequences
  let columns: Sequences
  /// Whether rows and columns are one set: only one triangle is computed, and self values are exact.
  let isSymmetric: Bool
  let rowVariances: SequenceVariances
  let columnVariances: SequenceVariances
  /// The columns by length, so that those of one sixteen hardly differ.
  let columnOrder: [Int]

  /// - Parameter columns: nil for the rows with themselves.
  /// - Throws: for sets of other dimensions, unequal lengths where each step has a readout of its own, and kernels that
  ///   overflow.
  public init(
    _ network: RecurrentNetwork, rows: Sequences, columns: Sequences? = nil
  ) throws(TangentError) {
    if let columns, columns.dimension != rows.dimension {
      throw .invalid(
        "the steps of the first set have dimension \(rows.dimension), those of the second \(columns.dimension)"
      )
    }
    if network.pooling == .meanUntied, let first = rows.lengths.first,
      let other = (rows.lengths + (columns?.lengths ?? [])).first(where: { $0 != first })
    {
      throw .invalid(
        "sequences of lengths \(first) and \(other): with a readout for every step all have one length, "
          + "the mean takes any")
    }
    self.network = network
    self.rows = rows
    self.columns = columns ?? rows
    isSymmetric = columns == nil
    rowVariances = try SequenceVariances(network, rows)
    columnVariances =
      try columns.map { (set) throws(TangentError) in try SequenceVariances(network, set) }
      ?? rowVariances
    let lengths = self.columns.lengths
    columnOrder = lengths.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
  }

  /// Bytes that a call takes beside its result.
  public var scratchBytes: Int {
    let tables = Double(rows.values.count + columns.values.count) * 8 * Double(1 + 2 * network.layers)
    let scratch =
      Double(ThreadPool.current.threadCount) * Double(scratchSixteens) * Double(MemoryLayout<Sixteen>.size)
    return Int(min(tables + scratch, 0x1p62))
  }

  /// What a thread holds: the recursion's state, and the inputs of one pair where all of its steps meet.
  var scratchSixteens: Int { 2 * network.layers + (network.pooling == .mean ? productSixteens : 0) }

  private var productSixteens: Int { rows.longest * (columns.longest + 3 * Sixteen.count) / Sixteen.count }

  /// The whole matrix, (rows, columns).
  public func matrix(_ kind: KernelKind, cancel: CancelToken? = nil) throws(TangentError) -> [Double] {
    var result = [Double](repeating: 0, count: rows.count * columns.count)
    let error: TangentError? = result.withUnsafeMutableBufferPointer { result in
      do throws(TangentError) {
        try fill(result.baseAddress!, kind, cancel: cancel)
        return nil
      } catch { return error }
    }
    if let error { throw error }
    return result
  }

  /// One part of the matrix: the parts 0, ..., parts - 1 together write all of it.
  /// - Parameters:
  ///   - result: (rows, columns).
  ///   - adding: whether the kernel is added to what is there.
  /// - Throws: `cancelled`.
  public func fill(
    _ result: UnsafeMutablePointer<Double>, _ kind: KernelKind, part: Int = 0, of parts: Int = 1,
    adding: Bool = false, cancel: CancelToken? = nil
  ) throws(TangentError) {
    let matrix = KernelMatrix(
      entries: result, columnCount: columns.count, isSymmetric: isSymmetric, adding: adding,
      scale: network.sigmaV * network.sigmaV)
    let work = KernelWork(part: part, parts: parts, cancel: cancel)
    switch (network.activation, network.pooling) {
    case (.relu, .mean): fillMeans(matrix, kind, work, RectifiedLanes.self)
    case (.erf, .mean): fillMeans(matrix, kind, work, ErrorFunctionLanes.self)
    case (.relu, _): fillAligned(matrix, kind, work, RectifiedLanes.self)
    case (.erf, _): fillAligned(matrix, kind, work, ErrorFunctionLanes.self)
    }
    try cancel?.check()
  }

  /// A sequence's exact kernel with itself, without sigma_v^2; the mean's further diagonals not included.
  func selfValue(_ sequence: Int, _ kind: KernelKind) -> Double {
    let found = network.pooling == .last ? rowVariances.last[sequence] : rowVariances.sums[sequence]
    return kind == .tangent ? found.tangent : found.value
  }

  /// What the readout divides by.
  func pooledSteps(_ row: Int, _ column: Int) -> Double {
    switch network.pooling {
    case .last: 1
    case .mean: Double(rows.lengths[row]) * Double(columns.lengths[column])
    case .meanUntied: Double(rows.lengths[row])
    }
  }
}

/// Where the entries go.
struct KernelMatrix: @unchecked Sendable {
  let entries: UnsafeMutablePointer<Double>
  let columnCount: Int
  let isSymmetric: Bool
  let adding: Bool
  let scale: Double

  func set(_ row: Int, _ column: Int, _ value: Double) {
    put(row, column, scale * value)
    if isSymmetric, row != column { put(column, row, scale * value) }
  }

  private func put(_ row: Int, _ column: Int, _ value: Double) {
    let place = entries + (row * columnCount + column)
    place.pointee = adding ? place.pointee + value : value
  }
}
