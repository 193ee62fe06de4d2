import TangentCircuits
import TangentNumerics
import TangentSimulation

extension Model {
  /// The over-parameterised limit of training this model from `theta`: dM/dt = -c sum_j r_j [M, [M, rho_j]] with M(0)
  /// the model's own measurement. See docs/maths.md, section "asymptotic flow".
  ///
  /// Both methods run on the circuit's output states: the flow does not change its form under a unitary, so the
  /// measurement may stay the observable itself. That needs one trainable circuit for all samples.
  /// - Parameters:
  ///   - theta: one parameter vector.
  ///   - data: m samples, pure or mixed.
  ///   - input: m labels, T times, the rate c (1 in normalised time).
  /// - Throws: `invalidArgument` for several outputs or parameter sets, for a feature that follows a parameter (the
  ///   gate is named), for an observable or register too large for the method; `outOfMemory`; `cancelled`;
  ///   `numerical`.
  public func asymptotic(
    _ theta: ParameterSets, _ data: InputData, _ input: FlowInput, method: AsymptoticMethod = .automatic,
    cancel: CancelToken? = nil
  ) throws(TangentError) -> AsymptoticTrajectory {
    guard outputCount == 1 else {
      throw .invalid(
        "the asymptotic flow follows one output, the model has \(outputCount); pass one observable")
    }
    guard theta.setCount == 1 else {
      throw .invalid("the asymptotic flow starts from one parameter vector, \(theta.setCount) were given")
    }
    try circuit.requireFeaturesBeforeParameters(for: "the asymptotic flow")
    try input.validate(sampleCount: data.sampleCount)
    let dimension = 1 << circuit.qubitCount
    let (columns, vectors) = try outputColumns(theta, data, cancel)
    let tensor = input.wantsDQNTK ? data.sampleCount * data.sampleCount : 0
    let results = input.times.count * data.sampleCount * (data.sampleCount + 1 + tensor)
    let denseOperations = DenseFlow.operations(dimension: dimension, sampleCount: data.sampleCount)
    let isDensePossible = dimension <= Model.maximumDenseDimension

    if method != .dense {
      let basis = try MeasurementBasis(observables[0], scale: scale, cancel: cancel)
      let coordinates = try basis.coordinates(of: vectors, cancel)
      let rows = coordinates.map { min($0.rows, columns.count) }
      if method == .reduced || !isDensePossible
        || ReducedFlow.operations(rows: rows, columns: columns.count) <= denseOperations
      {
        try requireFlowMemory(
          16 * rows.reduce(0, +) * columns.count, results + 8 * columns.count * columns.count)
        let flow = try ReducedFlow(
          columns: columns, eigenvalues: basis.eigenvalues, coordinates: coordinates, cancel: cancel)
        return try flow.integrate(input, cancel: cancel)
      }
    }
    guard isDensePossible else {
      throw .invalid(
        "the dense flow needs \(dimension) x \(dimension) matrices, the limit is \(Model.maximumDenseDimension); "
          + "use the reduced method")
    }
    try requireFlowMemory(8 * dimension * dimension, results + 4 * data.sampleCount * dimension * dimension)
    let observable = try observables[0].matrix().scaled(by: scale)
    let flow = try DenseFlow(columns: columns, vectors: vectors, observable: observable)
    return try flow.integrate(input, cancel: cancel)
  }

  static let maximumDenseDimension = 1024

  /// The output states U|psi_j> as columns; a mixed one as its eigenvectors, those of weight 0 left out.
  func outputColumns(
    _ theta: ParameterSets, _ data: InputData, _ cancel: CancelToken?
  ) throws(TangentError) -> (SampleColumns, ComplexMatrix) {
    let d = 1 << circuit.qubitCount
    let states = try outputStates(theta, data, cancel: cancel)
    func matrix(_ first: Int, rows: Int) -> ComplexMatrix {
      states[2 * first * d..<2 * (first + rows) * d].withUnsafeBufferPointer {
        ComplexMatrix(rows: rows, columns: d, interleaved: $0)
      }
    }
    guard data.stateKind == .mixed else {
      return (try .pure(data.sampleCount), matrix(0, rows: data.sampleCount).transpose)
    }
    var weights: [Double] = []
    var owners: [Int] = []
    var rows: [ComplexMatrix] = []
    for sample in 0..<data.sampleCount {
      let found = try WeightedEigenvectors(matrix(sample * d, rows: d), cancel: cancel)
      weights += found.weights
      owners += [Int](repeating: sample, count: found.weights.count)
      rows.append(found.vectors)
    }
    let stacked = ComplexMatrix(
      rows: weights.count, columns: d, re: rows.flatMap(\.re), im: rows.flatMap(\.im))
    let columns = try SampleColumns(sampleCount: data.sampleCount, weights: weights, owners: owners)
    return (columns, stacked.transpose)
  }

  /// The integrator keeps 26 copies of its state; `otherNumbers` are results and buffers.
  private func requireFlowMemory(_ stateBytes: Int, _ otherNumbers: Int) throws(TangentError) {
    let bytes = 26 * stateBytes + 8 * otherNumbers
    let limit = MachineMemory.available
    guard bytes <= limit else {
      throw TangentError(
        .outOfMemory,
        "the asymptotic flow needs \(ByteCount(bytes)), \(ByteCount(limit)) are allowed; "
          + "use fewer samples or times, pure states or an observable with fewer eigenvalues")
    }
  }
}
