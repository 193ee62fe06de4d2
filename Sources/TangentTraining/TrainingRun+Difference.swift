import TangentCircuits
import TangentNumerics
import TangentOptimization
import TangentSimulation

extension TrainingRun {
  /// Nil if what is given equals what the run was made from, else a sentence that names the first difference.
  public func difference(model: Model? = nil, data: InputData? = nil, targets: Targets? = nil) -> String? {
    if let model, let difference = self.difference(from: model) { return difference }
    if let data, let difference = self.difference(from: data) { return difference }
    if let targets, let difference = self.difference(from: targets) { return difference }
    return nil
  }

  private func difference(from other: Model) -> String? {
    let (mine, given) = (model.circuit, other.circuit)
    if mine.qubitCount != given.qubitCount {
      return "the run's circuit has \(mine.qubitCount) qubits, the given one \(given.qubitCount)"
    }
    if mine.parameterCount != given.parameterCount {
      return "the run's circuit has \(mine.parameterCount) parameters, the given one \(given.parameterCount)"
    }
    if mine.instructions.count != given.instructions.count {
      return
        "the run's circuit has \(mine.instructions.count) instructions, the given one \(given.instructions.count)"
    }
    if let k = mine.instructions.indices.first(where: { mine.instructions[$0] != given.instructions[$0] }) {
      return
        "the circuits differ at instruction \(k): \(mine.instructions[k].summary) in the run, \(given.instructions[k].summary) in the given one"
    }
    if model.observables.count != other.observables.count {
      return
        "the run's model has \(model.observables.count) observables, the given one \(other.observables.count)"
    }
    if let k = model.observables.indices.first(where: { model.observables[$0] != other.observables[$0] }) {
      return "observable \(k) is another one than the run's"
    }
    if model.precision != other.precision {
      return "the run's model computes in \(model.precision) precision, the given one in \(other.precision)"
    }
    if model.scale != other.scale { return "the run's scale is \(model.scale), the given one \(other.scale)" }
    return nil
  }

  private func difference(from other: InputData) -> String? {
    if data.sampleCount != other.sampleCount {
      return "the run has \(data.sampleCount) samples, the given data \(other.sampleCount)"
    }
    if data.featureCount != other.featureCount {
      return "the run's data have \(data.featureCount) features, the given ones \(other.featureCount)"
    }
    if data.stateKind != other.stateKind {
      return "the run's input states are \(data.stateKind), the given ones \(other.stateKind)"
    }
    if let k = firstDifference(data.features, other.features) {
      return "the features of sample \(k / data.featureCount) differ from the run's"
    }
    if data.states.count != other.states.count {
      return "the run's states have dimension \(data.dimension), the given ones \(other.dimension)"
    }
    if let k = firstDifference(data.states, other.states) {
      return "the state of sample \(k / (data.states.count / data.sampleCount)) differs from the run's"
    }
    return nil
  }

  private func difference(from other: Targets) -> String? {
    switch (targets, other) {
    case (.values(let mine), .values(let given)):
      if mine.count != given.count { return "the run has \(mine.count) targets, \(given.count) were given" }
      return firstDifference(mine, given).map {
        "target \($0) is \(mine[$0]) in the run, \(given[$0]) was given"
      }
    case (.labels(let mine), .labels(let given)):
      if mine.count != given.count { return "the run has \(mine.count) labels, \(given.count) were given" }
      return firstDifference(mine, given).map {
        "label \($0) is \(mine[$0]) in the run, \(given[$0]) was given"
      }
    case (.values, .labels): return "the run trains a mean squared error, labels were given"
    case (.labels, .values): return "the run trains a cross-entropy, values were given"
    }
  }
}

private func firstDifference<Element: Equatable>(_ a: [Element], _ b: [Element]) -> Int? {
  a.indices.first { a[$0] != b[$0] }
}

extension Instruction {
  fileprivate var summary: String { "\(name) on \(qubits)" }
}
