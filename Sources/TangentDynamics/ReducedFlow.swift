import TangentNumerics

/// The asymptotic flow on the data alone. In the eigenbasis of the observable M the samples' vectors are the columns
/// of C, whose rows carry eigenvalues lambda_x, and the flow moves the states instead of the measurement:
///
///     dC/dt = -c [Lambda, rho] C,   rho = C R C^dagger,   R = diag(w_a r_j(a)),   r_j = tr(M rho_j) - y_j.
///
/// Any unitary on the rows of one eigenvalue leaves it unchanged, so as many rows as there are columns are enough for
/// each eigenvalue, whatever the number of qubits. The generator is anti-Hermitian for every C: the Gram matrix and
/// the spectrum are conserved and errors do not grow, which the equations of the products C_k^dagger C_k lack when
/// an eigenspace is smaller than the number of columns. Derived in docs/maths.md, section "asymptotic flow".
public struct ReducedFlow: Sendable {
  public let columns: SampleColumns
  /// Distinct eigenvalues of the scaled observable.
  public let eigenvalues: [Double]
  /// C_k for each eigenvalue: (rows, columns) with C_k^dagger C_k = V^dagger P_k V, P_k the projector of the eigenvalue.
  public let coordinates: [ComplexMatrix]

  /// Coordinates with more rows than columns are replaced by the triangle of their QR decomposition.
  /// - Throws: `invalidArgument` unless there are coordinates of every column for each eigenvalue; `cancelled`.
  public init(
    columns: SampleColumns, eigenvalues: [Double], coordinates: [ComplexMatrix], cancel: CancelToken? = nil
  ) throws(TangentError) {
    guard !eigenvalues.isEmpty, eigenvalues.count == coordinates.count else {
      throw .invalid("\(eigenvalues.count) eigenvalues and \(coordinates.count) matrices of coordinates")
    }
    for value in eigenvalues where !value.isFinite {
      throw .invalid("an eigenvalue is \(value); it must be finite")
    }
    for matrix in coordinates {
      guard matrix.columns == columns.count else {
        throw .invalid("coordinates have \(matrix.columns) columns, there are \(columns.count)")
      }
      guard matrix.isFinite else { throw .invalid("the coordinates have entries that are not finite") }
    }
    self.columns = columns
    self.eigenvalues = eigenvalues
    self.coordinates = coordinates.map {
      $0.rows > $0.columns ? HouseholderQR.triangle(of: $0, cancel: cancel) : $0
    }
    try cancel?.check()
  }

  /// Real multiplications and additions of one derivative, for rows of each eigenvalue.
  static func operations(rows: [Int], columns: Int) -> Double {
    let total = rows.reduce(0, +)
    let pairs = rows.reduce(0) { $0 + $1 * (total - $1) } / 2
    return 24 * Double(pairs) * Double(columns)
  }

  /// - Throws: `invalidArgument` unless there is a label for each sample; `cancelled`; `numerical`.
  public func integrate(
    _ input: FlowInput, cancel: CancelToken? = nil
  ) throws(TangentError) -> AsymptoticTrajectory {
    try input.validate(sampleCount: columns.sampleCount)
    return try ReducedEquation(self, input, cancel).trajectory(
      from: coordinates.flatMap(\.re) + coordinates.flatMap(\.im), at: input.times,
      secondOrder: input.wantsDQNTK ? LimitDQNTK(columns) : nil, cancel: cancel)
  }
}

/// The right-hand side with its buffers. States are the real and then the imaginary plane of C, row-major.
private struct ReducedEquation: FlowEquation {
  private let columns: SampleColumns
  private let labels: [Double]
  /// One for each row of C.
  private let eigenvalues: [Double]
  private var couplings: [RowCoupling]
  private let gram: GramKernel
  private let cancel: CancelToken?

  init(_ flow: ReducedFlow, _ input: FlowInput, _ cancel: CancelToken?) {
    columns = flow.columns
    labels = input.labels
    let groups = zip(flow.eigenvalues, flow.coordinates).map { (value: $0, rows: $1.rows) }
    eigenvalues = groups.flatMap { [Double](repeating: $0.value, count: $0.rows) }
    couplings = RowCoupling.all(
      groups: groups.map(\.rows), eigenvalues, columns: columns.count, rate: input.rate)
    gram = GramKernel(flow, cancel)
    self.cancel = cancel
  }

  func kernel(_ state: [Double]) -> [Double] { gram.kernel(state) }

  func moments(_ state: [Double]) -> [ComplexMatrix] { gram.moments(state, upTo: 3) }

  func predictions(_ state: [Double]) -> [Double] {
    let n = columns.count
    let imaginary = eigenvalues.count * n
    var sums = [Double](repeating: 0, count: n)
    for (x, value) in eigenvalues.enumerated() {
      for a in 0..<n {
        let (re, im) = (state[x * n + a], state[imaginary + x * n + a])
        sums[a] += value * (re * re + im * im)
      }
    }
    var result = [Double](repeating: 0, count: columns.sampleCount)
    for a in 0..<n { result[columns.owners[a]] += columns.weights[a] * sums[a] }
    return result
  }

  mutating func derivative(_ state: [Double], _ out: inout [Double]) {
    let predictions = predictions(state)
    let residuals = zip(columns.weights, columns.owners).map { $0 * (predictions[$1] - labels[$1]) }
    for k in out.indices { out[k] = 0 }
    for k in couplings.indices {
      couplings[k].add(state, residuals, rows: eigenvalues.count, to: &out, cancel: cancel)
    }
  }
}
