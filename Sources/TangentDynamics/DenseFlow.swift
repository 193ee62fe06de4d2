import TangentNumerics

/// The asymptotic flow of the whole observable, dM/dt = -c sum_j r_j [M, [M, rho_j]] on d x d matrices: the reference
/// for the reduced flow, and the cheaper one when an observable has many eigenvalues or the states are mixed.
public struct DenseFlow: Sendable {
  public let columns: SampleColumns
  /// (d, columns): the vectors of the samples.
  public let vectors: ComplexMatrix
  /// (d, d): the scaled observable in the frame of the vectors.
  public let observable: ComplexMatrix

  /// - Throws: `invalidArgument` for shapes that do not fit or entries that are not finite.
  public init(
    columns: SampleColumns, vectors: ComplexMatrix, observable: ComplexMatrix
  ) throws(TangentError) {
    guard vectors.columns == columns.count else {
      throw .invalid(
        "\(vectors.columns) vectors and \(columns.count) weights of columns; the counts must agree")
    }
    guard observable.rows == observable.columns, observable.rows == vectors.rows else {
      throw .invalid(
        "the observable is \(observable.rows) x \(observable.columns), the vectors have \(vectors.rows) entries"
      )
    }
    guard vectors.isFinite, observable.isFinite else {
      throw .invalid("the observable or a state has entries that are not finite")
    }
    self.columns = columns
    self.vectors = vectors
    self.observable = observable
  }

  /// Real multiplications and additions of one derivative.
  static func operations(dimension: Int, sampleCount: Int) -> Double {
    let d = Double(dimension)
    return 16 * d * d * d + 4 * Double(sampleCount) * d * d
  }

  /// - Throws: `invalidArgument` unless there is a label for each sample; `cancelled`; `numerical`.
  public func integrate(_ input: FlowInput, cancel: CancelToken? = nil) throws(TangentError)
    -> AsymptoticTrajectory
  {
    try input.validate(sampleCount: columns.sampleCount)
    return try DenseEquation(self, input, cancel).trajectory(
      from: HermitianPacking.pack(observable), at: input.times,
      secondOrder: input.wantsDQNTK ? LimitDQNTK(columns) : nil, cancel: cancel)
  }
}

/// The right-hand side with its buffers.
private struct DenseEquation: FlowEquation {
  private let d: Int
  private let input: FlowInput
  private let vectors: ComplexMatrix
  private let densities: [ComplexMatrix]
  /// The densities, packed one after the other.
  private let packed: [Double]
  private var measured: ComplexMatrix
  private var mixture: ComplexMatrix
  private var product: ComplexMatrix
  private let cancel: CancelToken?

  init(_ flow: DenseFlow, _ input: FlowInput, _ cancel: CancelToken?) {
    self.cancel = cancel
    d = flow.vectors.rows
    self.input = input
    vectors = flow.vectors
    densities = flow.densities(cancel)
    packed = densities.flatMap(HermitianPacking.pack)
    measured = flow.observable
    mixture = measured
    product = measured
  }

  func predictions(_ state: [Double]) -> [Double] {
    densities.indices.map { HermitianPacking.traceOfProduct(state, 0, packed, $0 * d * d, size: d) }
  }

  mutating func derivative(_ state: [Double], _ out: inout [Double]) {
    let predictions = predictions(state)
    HermitianPacking.unpack(state, offset: 0, into: &measured)
    mixture.clear()
    for j in densities.indices { mixture.add(predictions[j] - input.labels[j], densities[j]) }
    // B = [M, rho] = M rho - (M rho)^dagger is anti-Hermitian, so [M, B] = M B + (M B)^dagger.
    product.assignProduct(measured, mixture, cancel: cancel)
    mixture = product - product.adjoint
    product.assignProduct(measured, mixture, cancel: cancel)
    HermitianPacking.packHermitianPart(of: product, times: -input.rate, at: 0, &out)
  }

  mutating func moments(_ state: [Double]) -> [ComplexMatrix] {
    HermitianPacking.unpack(state, offset: 0, into: &measured)
    let adjoint = vectors.adjoint
    let once = measured.multiplied(by: vectors, cancel: cancel)
    let twice = measured.multiplied(by: once, cancel: cancel)
    return [
      adjoint.multiplied(by: vectors, cancel: cancel), adjoint.multiplied(by: once, cancel: cancel),
      adjoint.multiplied(by: twice, cancel: cancel), once.adjoint.multiplied(by: twice, cancel: cancel),
    ]
  }

  mutating func kernel(_ state: [Double]) -> [Double] {
    let m = densities.count
    HermitianPacking.unpack(state, offset: 0, into: &measured)
    var commutators = [Double](repeating: 0, count: m * d * d)
    for j in 0..<m {
      product.assignProduct(measured, densities[j], cancel: cancel)
      // i[M, rho] = (i M rho) + (i M rho)^dagger
      swap(&product.re, &product.im)
      product.re.withUnsafeMutableBufferPointer { for k in $0.indices { $0[k] = -$0[k] } }
      HermitianPacking.packHermitianPart(of: product, times: 1, at: j * d * d, &commutators)
    }
    var result = [Double](repeating: 0, count: m * m)
    for i in 0..<m {
      for j in 0...i {
        if let cancel, cancel.isCancelled { return result }
        let value = HermitianPacking.traceOfProduct(commutators, i * d * d, commutators, j * d * d, size: d)
        (result[i * m + j], result[j * m + i]) = (value, value)
      }
    }
    return result
  }
}

extension DenseFlow {
  /// rho_j = sum_a w_a |a><a|
  fileprivate func densities(_ cancel: CancelToken?) -> [ComplexMatrix] {
    let d = vectors.rows
    let byRow = vectors.adjoint
    var result = [ComplexMatrix](repeating: ComplexMatrix(rows: d, columns: d), count: columns.sampleCount)
    for a in 0..<columns.count {
      if let cancel, cancel.isCancelled { return result }
      let bra = ComplexMatrix(
        rows: 1, columns: d, re: Array(byRow.re[a * d..<(a + 1) * d]),
        im: Array(byRow.im[a * d..<(a + 1) * d]))
      let ket = bra.adjoint
      result[columns.owners[a]].add(columns.weights[a], ket.multiplied(by: bra))
    }
    return result
  }
}
