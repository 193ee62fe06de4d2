internal import CTangent
internal import Glibc
internal import TangentCircuits
internal import TangentNumerics
internal import TangentSimulation

/// What a call on a model is, and how long it takes.
enum Estimate {
  static func task(_ task: Int32, _ n_sets: Int64, _ n_samples: Int64) throws(TangentError) -> Model.Task {
    guard let task = Model.Task(rawValue: task) else {
      throw .invalid("task is \(task), 0 to \(Model.Task.allCases.count - 1) is expected")
    }
    guard n_sets >= 1, n_samples >= 1 else {
      throw .invalid("n_sets is \(n_sets) and n_samples \(n_samples), both must be at least 1")
    }
    return task
  }

  /// About a nanosecond for each amplitude and gate, and for each entry of a dense matrix that meets it.
  static func seconds(
    _ model: Model, _ task: Model.Task, samples: Double, sets: Double, hasStates: Bool
  ) -> Double {
    let circuit = model.simulatedCircuit(for: task, hasStates: hasStates)
    let gates = circuit.instructions.reduce(0.0) { sum, instruction in
      switch instruction.operation {
      case .gate, .rotation: sum + 1
      case .evolution, .unitary: sum + exp2(Double(instruction.qubits.count))
      }
    }
    let sweep = 1e-9 * samples * sets * exp2(Double(circuit.qubitCount)) * (gates + 1)
    let outputs = Double(model.outputCount)
    let parameters = model.circuit.parameterCount
    func directional(_ directions: Int, outputs: Int) -> Double {
      sweep * Double(model.directionalWalks(directions: directions, outputs: outputs))
    }
    switch task {
    case .predict, .outputStates: return sweep
    case .gradient, .vectorJacobianProduct: return 3 * sweep
    case .jacobian, .featureJacobian: return (1 + 2 * outputs) * sweep
    case .tangentKernel:
      let products = samples * samples * outputs * outputs * Double(circuit.parameterCount)
      return (1 + 2 * outputs) * sweep + 1e-9 * sets * products
    case .fisherInformation, .featureFisherInformation:
      let p = Double(task == .fisherInformation ? circuit.parameterCount : circuit.featureCount)
      return sweep * (1 + p / 4) + 1e-10 * samples * sets * exp2(Double(circuit.qubitCount)) * p * p
    case .dqntk:
      let products = samples * samples * samples * Double(circuit.parameterCount)
      return (6 + 6 * samples) * sweep + 1e-9 * sets * products
    case .hessianProduct: return directional(1, outputs: model.outputCount)
    case .hessian: return directional(parameters, outputs: model.outputCount)
    case .lossHessianProduct, .vjpProduct: return directional(1, outputs: 1)
    case .lossHessian: return directional(parameters, outputs: 1)
    }
  }
}
