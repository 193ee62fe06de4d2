import TangentNumerics

extension Circuit {
  /// The frequencies of every parameter.
  ///
  /// exp(i t G) A exp(-i t G) oscillates with the gaps between eigenvalues of G. The gaps of a parameter's occurrences,
  /// each times the factor of its angle, add up; all must be multiples of one base.
  /// - Throws: `invalidArgument`, naming gate and parameter, where gaps are incommensurate or depend on the data;
  ///   `numerical` if eigenvalues do not converge.
  public func parameterFrequencies() throws(TangentError) -> [ParameterFrequencies] {
    var gaps = [[Double]](repeating: [], count: parameterCount)
    var largest = [Double](repeating: 0, count: parameterCount)
    var result = [ParameterFrequencies](
      repeating: ParameterFrequencies(base: 1, degree: 0), count: parameterCount)
    // Layers repeat their generators, and the eigenvalues of a sum of strings take long.
    var diagonalised: [(generator: Generator, gaps: [Double])] = []
    for (position, instruction) in effectiveInstructions.enumerated() {
      for operation in instruction.elementaryOperations(register: qubitCount) {
        guard case .evolution(let generator, let angle) = operation, angle.dependsOnParameters else {
          continue
        }
        let place = "\(instruction.name) on qubits \(instruction.qubits) (instruction \(position))"
        let known = generator.isDiagonalised ? diagonalised.firstIndex { $0.generator == generator } : nil
        let levels = if let known { diagonalised[known].gaps } else { try generator.levelGaps() }
        if known == nil, generator.isDiagonalised { diagonalised.append((generator, levels)) }
        for (parameter, factor) in try angle.parameterFactors(of: self, at: place) where factor != 0 {
          guard let most = levels.last else { continue }
          gaps[parameter] += levels.map { $0 * abs(factor) }
          largest[parameter] += most * abs(factor)
          let (base, degree) = try commonBase(gaps[parameter], largest[parameter], parameter, place)
          result[parameter] = ParameterFrequencies(base: base, degree: degree)
        }
      }
    }
    return result
  }

  private func commonBase(
    _ gaps: [Double], _ largest: Double, _ parameter: Int, _ place: String
  ) throws(TangentError) -> (Double, Int) {
    guard let base = greatestCommonMeasure(gaps), largest / base <= Double(Circuit.maximumDegree) + 0.5 else {
      throw .invalid(
        "the frequencies of parameter \(parameterNames[parameter]) are not multiples of one base within \(Circuit.maximumDegree) times it, as \(place) shows; rewrite the gate with generators whose eigenvalues are commensurate"
      )
    }
    return (base, Int((largest / base).rounded()))
  }

  /// Beyond so many multiples of a base, gaps are taken for incommensurate.
  public static let maximumDegree = 64
}

extension Angle {
  /// How much of the angle a unit of each parameter is.
  fileprivate func parameterFactors(of circuit: Circuit, at place: String) throws(TangentError) -> [Int:
    Double]
  {
    var factors: [Int: Double] = [:]
    for term in terms {
      if case .parameterFeature(let p, let f) = term.factor {
        throw .invalid(
          "the angle of \(place) multiplies parameter \(circuit.parameterNames[p]) with feature \(circuit.featureNames[f]), so its frequency depends on the data"
        )
      }
      if case .parameter(let p) = term.factor { factors[p, default: 0] += term.coefficient }
    }
    return factors
  }
}

extension Generator {
  /// Whether `levelGaps` needs more than the coefficient of one string.
  fileprivate var isDiagonalised: Bool {
    if case .paulis(let terms, _) = self { return terms.count > 1 }
    return true
  }

  /// The positive differences between eigenvalues, in increasing order. Of a sum of commuting strings on many qubits
  /// what they could be at most, which has the same base.
  fileprivate func levelGaps() throws(TangentError) -> [Double] {
    switch self {
    case .dense(let matrix, _): return gaps(between: try HermitianEigen(matrix).values)
    case .paulis(let terms, let controls):
      let moving = terms.filter { $0.string != .identity && $0.coefficient != 0 }
      let shift = terms.filter { $0.string == .identity }.reduce(0) { $0 + $1.coefficient }
      // Where a control is 0 the generator vanishes.
      let others: [Double] = controls == 0 ? [] : [-shift]
      if moving.count <= 1 {
        let level = moving.first.map { abs($0.coefficient) } ?? 0
        return gaps(between: [-level, level] + others)
      }
      let used = moving.reduce(0) { $0 | $1.string.support }
      let n = QubitMask.bitWidth - used.leadingZeroBitCount
      let sum = Observable(qubitCount: n, paulis: moving, projectors: [], dense: nil).restrictedToSupport
      if sum.qubitCount <= Circuit.maximumDenseGeneratorQubits {
        return gaps(between: try HermitianEigen(sum.matrix()).values + others)
      }
      let unit = greatestCommonMeasure(
        moving.map { 2 * abs($0.coefficient) } + others.map(abs).filter { $0 > 0 })
      return [unit, moving.reduce(0) { $0 + 2 * abs($1.coefficient) } + others.reduce(0) { $0 + abs($1) }]
        .compactMap { $0 }
    }
  }

  private func gaps(between levels: [Double]) -> [Double] {
    let sorted = levels.sorted()
    let resolution = 1e-10 * max(abs(sorted[0]), abs(sorted[sorted.count - 1]))
    var found: [Double] = []
    for (k, upper) in sorted.enumerated() {
      for lower in sorted[..<k] where upper - lower > resolution { found.append(upper - lower) }
    }
    found.sort()
    return found.enumerated().filter { $0.offset == 0 || $0.element - found[$0.offset - 1] > resolution }
      .map(\.element)
  }
}

/// The largest number of which all are multiples to within a billionth of the largest; nil where rounding decides.
private func greatestCommonMeasure(_ numbers: [Double]) -> Double? {
  guard let most = numbers.max(), most > 0 else { return nil }
  let tolerance = 1e-9 * most
  var base = 0.0
  for number in numbers {
    var (a, b) = (number, base)
    while b > tolerance {
      let rest = a.truncatingRemainder(dividingBy: b)
      (a, b) = (b, b - rest <= tolerance ? 0 : rest)
    }
    base = a
  }
  guard base > 1e3 * tolerance else { return nil }
  // The largest number tells the base best.
  return most / (most / base).rounded()
}
