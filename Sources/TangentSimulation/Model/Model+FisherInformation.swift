import TangentCircuits
import TangentNumerics

extension Model {
  /// The quantum Fisher information of the output state, a mean over the samples `rows` (all unless given):
  ///
  ///     F_kl = 4 Re(<d_k psi|d_l psi> - <d_k psi|psi><psi|d_l psi>)
  ///
  /// - Parameter wrt: parameters or features, not both.
  /// - Returns: (sets, parameters, parameters) or (sets, features, features), symmetric and positive; zero for features
  ///   that the circuit does not use.
  /// - Throws: on mixed input states, lengths that do not match, `outOfMemory`, `cancelled`.
  public func fisherInformation(
    _ theta: ParameterSets, _ data: InputData, rows: [Int]? = nil, wrt: Variables = .parameters,
    cancel: CancelToken? = nil
  ) throws(TangentError) -> [Double] {
    try requirePureStates(data, for: "the Fisher information")
    return try fisher(theta, data, rows: rows ?? Array(0..<data.sampleCount), wrt, isPooled: false, cancel)
  }

  /// The Fisher information of the circuit on the mean training state rho:
  ///
  ///     F_kl = 4 (tr(rho {H_k, H_l})/2 - tr(rho H_k) tr(rho H_l)),  H_k = i U^dagger d_k U
  ///
  /// (the data quantum Fisher information of Haug and Kim, arXiv 2303.13462).
  /// - Returns: (sets, parameters, parameters), symmetric and positive.
  /// - Throws: if a feature follows a parameter, since there is no one U then; on lengths that do not match,
  ///   `outOfMemory`, `cancelled`.
  public func dataFisherInformation(
    _ theta: ParameterSets, _ data: InputData, cancel: CancelToken? = nil
  ) throws(TangentError) -> [Double] {
    try circuit.requireFeaturesBeforeParameters(for: "the data Fisher information")
    return try fisher(theta, data, rows: Array(0..<data.sampleCount), .parameters, isPooled: true, cancel)
  }

  /// - Throws: `invalidArgument` on mixed states; `subject` is what they are no use for.
  public func requirePureStates(_ data: InputData, for subject: String) throws(TangentError) {
    try circuit.requireUnitary(for: subject)
    guard data.stateKind != .mixed else {
      throw .invalid(
        "\(subject) is defined for pure states here, the samples are density matrices; pass their state vectors"
      )
    }
  }

  private func fisher(
    _ theta: ParameterSets, _ data: InputData, rows: [Int], _ wrt: Variables, isPooled: Bool,
    _ cancel: CancelToken?
  ) throws(TangentError) -> [Double] {
    try validate(theta, data)
    let columns = StateColumn.all(data, rows: rows)
    try requireMemory(
      for: wrt == .features ? .featureFisherInformation : .fisherInformation, samples: rows.count,
      sets: theta.setCount, hasStates: data.stateKind != .none,
      cancel: cancel)
    let size = wrt == .features ? data.featureCount : circuit.parameterCount
    var result = [Double](repeating: 0, count: theta.setCount * size * size)
    if wrt == .features, circuit.featureCount == 0 { return result }
    let engine = try stateEngine(wrt: wrt, cancel: cancel)
    let p = circuit.parameterCount
    let program = TangentProgram(engine.plan)
    let stack = fisherStack(engine.plan, columns.count)
    for set in 0..<theta.setCount {
      let one = try ParameterSets(Array(theta.values[(set * p)..<((set + 1) * p)]))
      let sum = FisherSum(self, engine, program, isPooled: isPooled, stack: stack)
      for first in stride(from: 0, to: columns.count, by: stack) {
        sum.add(one, data, Array(columns[first..<min(first + stack, columns.count)]), cancel)
        try cancel?.check()
      }
      sum.finish(sampleCount: rows.count, size: size, into: &result, at: set * size * size, cancel)
      try cancel?.check()
    }
    return result
  }

  /// How many states' tangent vectors are held at a time: what fits in 32 MB, whatever the number of threads.
  private func fisherStack(_ plan: Plan, _ columns: Int) -> Int {
    let bytes = 16 * Double(plan.amplitudes) * Double(plan.space.columns.count + 4)
    return min(columns, max(1, Int(Double(32 << 20) / bytes)))
  }

  /// Doubles that a Fisher information takes: the result, the products, and tangent vectors.
  func fisherNumbers(_ plan: Plan, samples: Int, sets: Int) -> Double {
    let p = Double(plan.space.columns.count + 4)
    return (Double(sets) + 1) * p * p + Double(fisherStack(plan, samples)) * 2 * p * Double(plan.amplitudes)
  }
}
