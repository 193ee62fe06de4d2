import TangentNumerics

/// What one parameter generates at one place of the circuit.
private struct Occurrence {
  var position: Int
  var factor: Double
  var generator: Generator
}

extension Circuit {
  /// The sum over l of Z_l = (tr G_l^2 - (tr G_l)^2/d)/(d^2 - 1), each generator with its angle's factor.
  ///
  /// Every parameterised occurrence counts, adjacent occurrences of one parameter as one generator; fixed and
  /// feature-only gates do not count. Derived in docs/maths.md.
  /// - Throws: `invalidArgument` where an angle multiplies a parameter with a feature.
  public func zSum() throws(TangentError) -> Double {
    let d = pow2(qubitCount)
    var sum = 0.0
    for occurrences in try occurrencesByParameter() {
      for run in adjacentRuns(occurrences) {
        let traces: (first: Double, second: Double)
        if run.count == 1 {
          let single = run[0].generator.normalisedTraces(register: qubitCount)
          traces = (single.first * run[0].factor, single.second * run[0].factor * run[0].factor)
        } else {
          traces = Generator.normalisedTraces(
            run.flatMap { occurrence in
              occurrence.generator.paulis(register: qubitCount).map {
                PauliTerm($0.coefficient * occurrence.factor, $0.string)
              }
            })
        }
        sum += d * (traces.second - traces.first * traces.first) / (d * d - 1)
      }
    }
    return sum
  }

  /// ||H_l|| of every parameter: operator norms of its generators times their factors, summed over occurrences.
  /// - Throws: `invalidArgument` where an angle multiplies a parameter with a feature.
  public func generatorNorms() throws(TangentError) -> [Double] {
    var result: [Double] = []
    for occurrences in try occurrencesByParameter() {
      var sum = 0.0
      for occurrence in occurrences {
        sum += abs(occurrence.factor) * (try occurrence.generator.operatorNorm())
      }
      result.append(sum)
    }
    return result
  }

  private func occurrencesByParameter() throws(TangentError) -> [[Occurrence]] {
    var result = [[Occurrence]](repeating: [], count: parameterCount)
    var position = 0
    for instruction in effectiveInstructions {
      for operation in instruction.elementaryOperations(register: qubitCount) {
        position += 1
        guard case .evolution(let generator, let angle) = operation else { continue }
        var factors: [Int: Double] = [:]
        for term in angle.terms {
          if case .parameterFeature(let p, let f) = term.factor {
            throw .invalid(
              "the angle of \(instruction.name) multiplies parameter \(parameterNames[p]) with feature \(featureNames[f]), so its generator depends on the data and Z is not defined"
            )
          }
          if case .parameter(let p) = term.factor { factors[p, default: 0] += term.coefficient }
        }
        for (p, factor) in factors {
          result[p].append(Occurrence(position: position, factor: factor, generator: generator))
        }
      }
    }
    return result
  }

  private func adjacentRuns(_ occurrences: [Occurrence]) -> [[Occurrence]] {
    occurrences.reduce(into: []) { runs, occurrence in
      if let last = runs.last?.last, last.position + 1 == occurrence.position {
        runs[runs.count - 1].append(occurrence)
      } else {
        runs.append([occurrence])
      }
    }
  }
}

private func pow2(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }
