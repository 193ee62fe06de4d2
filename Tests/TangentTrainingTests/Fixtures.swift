import Glibc
import TangentCircuits
import TangentNumerics
import TangentSimulation
import TangentTraining
import TangentOptimization

/// A small problem: orthogonal random states, a layered circuit, alternating labels.
struct Problem {
  var model: Model
  var data: InputData
  var targets: Targets

  init(
    qubits n: Int = 3, layers: Int = 3, samples m: Int = 6, outputs k: Int = 1, scale: Double = 1,
    precision: Precision = .double
  ) throws {
    let circuit = try Ansatz.hardwareEfficient(qubitCount: n, layers: layers)
    let observables = try (0..<k).map { output in
      try Observable.pauli(String((0..<n).map { $0 == output ? "Z" : "I" }))
    }
    model = try Model(circuit: circuit, observables: observables, scale: scale, precision: precision)
    data = try pureData(try Encoding.haarStates(qubitCount: n, count: m, seed: 3))
    targets = k == 1 ? .values((0..<m).map { $0 % 2 == 0 ? 1 : -1 }) : .labels((0..<m).map { $0 % k })
  }

  func run(theta: ParameterSets? = nil, setCount: Int = 1, _ options: TrainingOptions) throws -> TrainingRun {
    try TrainingRun(
      model: model, data: data, targets: targets, theta: theta, setCount: setCount, options: options)
  }
}

/// States as rows.
func pureData(_ states: ComplexMatrix) throws -> InputData {
  let pairs = states.re.indices.flatMap { [states.re[$0], states.im[$0]] }
  return try InputData(
    sampleCount: states.rows, states: pairs, stateKind: .pure, dimension: states.columns)
}

/// A path in a folder of its own that vanishes with the last copy.
final class TemporaryFile {
  let folder: String
  var path: String { "\(folder)/run.qtg" }

  init() {
    var template = Array("/tmp/qtangent-XXXXXX".utf8CString)
    folder = String(cString: mkdtemp(&template))
  }

  deinit {
    unlink(path)
    rmdir(folder)
  }
}

let allOptimizers: [any Optimizer] = [
  GradientDescent(learningRate: 0.5), Momentum(learningRate: 0.1), Adam(learningRate: 0.05),
  RMSProp(learningRate: 0.02), LBFGS(memory: 4), GradientFlow(rate: 2, dt: 0.2),
  NaturalGradient(learningRate: 0.2, damping: 0.01),
]
