import Synchronization
import TangentNumerics

/// The samples of a call: features, input states, or both; validated once and laid out for the lanes, once for every
/// precision that a model asks for.
///
/// A mixed state becomes its weighted eigenvectors, rho = sum_a w_a |a><a|.
public final class InputData: Sendable {
  public enum StateKind: Sendable, Equatable {
    /// Every sample starts from |0...0>.
    case none
    case pure
    case mixed
  }

  public let sampleCount: Int
  public let featureCount: Int
  /// (samples, features), empty without features.
  public let features: [Double]
  public let stateKind: StateKind
  /// The dimension of the states, 0 without states.
  public let dimension: Int
  /// The states as given: (samples, d) or (samples, d, d), in (re, im) pairs; kept for checkpoints and comparisons.
  public let states: [Double]

  private let doubles: StateLanes?
  /// Blocks of eight numbers, made by the first call that asks for them.
  private let eights = Mutex<[Precision: StateLanes]>([:])
  /// The weight of every lane of every block of doubles (mixed states).
  let weights: [Lane]

  /// First block of doubles of every sample (mixed states), with the end behind the last.
  var firstBlock: [Int] { doubles?.firstBlock ?? [] }

  /// How far a state's norm or trace may be from 1, and a density matrix from Hermitian and positive.
  public static let normalisationTolerance = 1e-8

  /// - Parameters:
  ///   - features: (samples, featureCount) row-major, empty for none.
  ///   - states: (samples, d) or (samples, d, d) in (re, im) pairs, empty for `none`.
  /// - Throws: on lengths that do not match, non-finite entries, states that are not normalised, density matrices that
  ///   are not Hermitian or not positive, where the message names the sample; `cancelled`.
  public init(
    sampleCount m: Int, features: [Double] = [], featureCount: Int = 0, states: [Double] = [],
    stateKind: StateKind = .none, dimension: Int = 0, cancel: CancelToken? = nil
  ) throws(TangentError) {
    guard m >= 1 else { throw .invalid("\(m) samples; at least 1 is needed") }
    try InputData.check(features, "features", shape: [m, featureCount])
    guard stateKind == .none || dimension >= 1 else {
      throw .invalid("the states have dimension \(dimension); it must be at least 1")
    }
    self.sampleCount = m
    self.features = features
    self.featureCount = featureCount
    self.stateKind = stateKind
    self.states = states
    switch stateKind {
    case .none:
      self.dimension = 0
      doubles = nil
      weights = []
    case .pure:
      try InputData.check(states, "states", shape: [m, dimension, 2])
      try InputData.checkNorms(states, dimension)
      try cancel?.check()
      self.dimension = dimension
      doubles = InputData.pureLanes(states, m, dimension)
      weights = []
    case .mixed:
      try InputData.check(states, "states", shape: [m, dimension, dimension, 2])
      self.dimension = dimension
      (doubles, weights) = try InputData.mixedLanes(states, m, dimension, cancel)
    }
  }

  /// The states in four doubles, eight doubles or eight floats side by side, nil where there are none.
  func lanes<L: LaneVector>(_: L.Type) -> StateLanes? {
    guard let doubles, L.scalarCount > Lane.scalarCount else { return doubles }
    return eights.withLock { kept in
      if let made = kept[L.precision] { return made }
      let made = StateLanes(doubles, inEight: L.self, dimension: dimension)
      kept[L.precision] = made
      return made
    }
  }

  /// A copy of some samples, in the order of `rows`, which may repeat.
  /// - Throws: for no rows, and for one that does not exist.
  public func selected(_ rows: [Int]) throws(TangentError) -> InputData {
    guard !rows.isEmpty else { throw .invalid("no samples are selected; at least 1 is needed") }
    if let bad = rows.first(where: { !(0..<sampleCount).contains($0) }) {
      throw .invalid("index \(bad) is out of range, there are \(sampleCount) samples")
    }
    return InputData(rows, of: self)
  }

  /// - Precondition: the rows exist.
  private init(_ rows: [Int], of data: InputData) {
    func gather(_ values: [Double]) -> [Double] {
      let size = values.count / data.sampleCount
      var chosen: [Double] = []
      chosen.reserveCapacity(rows.count * size)
      for row in rows { chosen += values[row * size..<(row + 1) * size] }
      return chosen
    }
    sampleCount = rows.count
    featureCount = data.featureCount
    stateKind = data.stateKind
    dimension = data.dimension
    features = gather(data.features)
    states = gather(data.states)
    switch data.stateKind {
    case .none: (doubles, weights) = (nil, [])
    case .pure: (doubles, weights) = (InputData.pureLanes(states, rows.count, dimension), [])
    case .mixed:
      let first = data.firstBlock
      var ends = [0]
      for row in rows { ends.append(ends.last! + first[row + 1] - first[row]) }
      let memory = LaneMemory(count: ends.last! * 2 * dimension)
      var chosen: [Lane] = []
      for (k, row) in rows.enumerated() {
        let source = first[row]..<first[row + 1]
        chosen += data.weights[source]
        (memory.pointer + ends[k] * 2 * dimension).update(
          from: data.doubles!.pointer() + source.lowerBound * 2 * dimension,
          count: source.count * 2 * dimension)
      }
      (doubles, weights) = (StateLanes(memory, firstBlock: ends), chosen)
    }
  }

  private static func check(_ values: [Double], _ name: String, shape: [Int]) throws(TangentError) {
    var size = 1
    for extent in shape {
      let product = size.multipliedReportingOverflow(by: max(extent, 0))
      guard !product.overflow else { throw .invalid("\(name) of shape \(shape) are too large") }
      size = product.partialValue
    }
    guard values.count == size else {
      throw .invalid("\(name) have \(values.count) numbers, the shape \(shape) needs \(size)")
    }
    if let bad = values.firstNonFinite {
      throw .invalid(
        "\(name) of sample \(bad / max(size / shape[0], 1)) hold \(values[bad]); every entry must be finite")
    }
  }

  private static func checkNorms(_ states: [Double], _ d: Int) throws(TangentError) {
    for j in 0..<(states.count / (2 * d)) {
      var norm = 0.0
      for k in (2 * d * j)..<(2 * d * (j + 1)) { norm += states[k] * states[k] }
      guard abs(norm.squareRoot() - 1) <= normalisationTolerance else {
        throw .invalid(
          "state \(j) has norm \(norm.squareRoot()), it must be 1 within \(normalisationTolerance); divide it by its norm"
        )
      }
    }
  }

  private static func pureLanes(_ states: [Double], _ m: Int, _ d: Int) -> StateLanes {
    let width = Lane.scalarCount
    let memory = LaneMemory(count: (m + width - 1) / width * 2 * d)
    for j in 0..<m {
      let block = memory.pointer + j / width * 2 * d
      for k in 0..<(2 * d) { block[k][j % width] = states[2 * d * j + k] }
    }
    return StateLanes(memory)
  }

  /// Eigenvectors with weight 0 (below rounding) are left out.
  private static func mixedLanes(
    _ states: [Double], _ m: Int, _ d: Int, _ cancel: CancelToken?
  ) throws(TangentError) -> (StateLanes, [Lane]) {
    let width = Lane.scalarCount
    var columns: [[(weight: Double, vector: [Double])]] = []
    for j in 0..<m {
      let range = (2 * d * d * j)..<(2 * d * d * (j + 1))
      let rho = states[range].withUnsafeBufferPointer {
        ComplexMatrix(rows: d, columns: d, interleaved: $0)
      }
      columns.append(try weightedEigenvectors(rho, sample: j, cancel))
    }
    var firstBlock = [0]
    for sample in columns { firstBlock.append(firstBlock.last! + (sample.count + width - 1) / width) }
    let memory = LaneMemory(count: firstBlock.last! * 2 * d)
    var weights = [Lane](repeating: .zero, count: firstBlock.last!)
    for (j, sample) in columns.enumerated() {
      for (a, column) in sample.enumerated() {
        let number = firstBlock[j] + a / width
        weights[number][a % width] = column.weight
        let block = memory.pointer + number * 2 * d
        for k in 0..<(2 * d) { block[k][a % width] = column.vector[k] }
      }
    }
    return (StateLanes(memory, firstBlock: firstBlock), weights)
  }

  private static func weightedEigenvectors(
    _ rho: ComplexMatrix, sample j: Int, _ cancel: CancelToken?
  ) throws(TangentError) -> [(weight: Double, vector: [Double])] {
    try cancel?.check()
    let deviation = (rho - rho.adjoint).maximumModulus
    guard deviation <= normalisationTolerance else {
      throw .invalid("density matrix \(j) differs from its adjoint by \(deviation); it must be Hermitian")
    }
    guard abs(rho.trace.re - 1) <= normalisationTolerance else {
      throw .invalid(
        "density matrix \(j) has trace \(rho.trace.re), it must be 1 within \(normalisationTolerance)")
    }
    let found = try WeightedEigenvectors((rho + rho.adjoint).scaled(by: 0.5), cancel: cancel)
    guard found.smallest >= -normalisationTolerance else {
      throw .invalid("density matrix \(j) has the eigenvalue \(found.smallest); it must not be negative")
    }
    let d = rho.rows
    return found.weights.indices.reversed().map { a in
      (found.weights[a], (0..<d).flatMap { [found.vectors[a, $0].re, found.vectors[a, $0].im] })
    }
  }
}
