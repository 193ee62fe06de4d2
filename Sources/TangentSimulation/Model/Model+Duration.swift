import TangentCircuits
import TangentNumerics

extension Model {
  /// Roughly how many seconds a call takes on one thread: about a nanosecond for each amplitude and gate, and for each entry
  /// of a dense matrix that meets it.
  public func durationEstimate(
    for task: Task, samples: Double, sets: Double = 1, hasStates: Bool = false
  ) -> Double {
    let engine = engines.engine(for: task, hasStates: hasStates)
    let circuit = engine.circuit
    let gates = circuit.instructions.reduce(0.0) { sum, instruction in
      switch instruction.operation {
      case .gate, .rotation: sum + 1
      case .evolution, .unitary, .channel: sum + exp2(Double(instruction.qubits.count))
      }
    }
    let size = exp2(Double((engine.isDensity ? 2 : 1) * circuit.qubitCount))
    let sweep = 1e-9 * samples * sets * size * (gates + 1)
    let outputs = Double(outputCount)
    let parameters = self.circuit.parameterCount
    func directional(_ directions: Int, outputs: Int) -> Double {
      sweep * Double(directionalWalks(directions: directions, outputs: outputs))
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
    case .hessianProduct: return directional(1, outputs: outputCount)
    case .hessian: return directional(parameters, outputs: outputCount)
    case .lossHessianProduct, .vjpProduct: return directional(1, outputs: 1)
    case .lossHessian: return directional(parameters, outputs: 1)
    }
  }
  /// Roughly how many seconds it takes to compile the circuit for a task: two microseconds an instruction, and a
  /// nanosecond for the third power of a dense matrix's size, which is packed, multiplied and decomposed.
  public func compilationEstimate(for task: Task, hasStates: Bool) -> Double {
    simulatedCircuit(for: task, hasStates: hasStates).instructions.reduce(0) { sum, instruction in
      2e-6 + sum + 1e-9 * (instruction.denseDimension.map { $0 * $0 * $0 } ?? 0)
    }
  }
}

extension Instruction {
  /// The size of the matrix that the instruction is simulated by, if it is one.
  fileprivate var denseDimension: Double? {
    switch operation {
    case .gate, .rotation, .channel: return nil
    case .evolution(let generator) where generator.isCommutingPauliSum: return nil
    case .evolution(let generator): return exp2(Double(generator.support.nonzeroBitCount))
    case .unitary: return exp2(Double(qubits.count))
    }
  }
}
