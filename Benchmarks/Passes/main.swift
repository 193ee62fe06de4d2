// What each kind of pass costs on one core, in nanoseconds an amplitude and gate, and the part of the multiply-add peak
// of this CPU level it reaches. A pass below its written goal is marked, and the exit status is 1.

import CTangentVector
import Glibc
import TangentCircuits
import TangentNumerics
import TangentSimulation

let samples = 16

func column(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

func rounded(_ value: Double, _ digits: Double) -> String { "\((value * digits).rounded() / digits)" }

try ThreadPool.shared.setThreadCount(1)
let rate = multiplyAddRate()
print("\(String(cString: ctv_cpu_level())): \(rounded(rate * 2e-9, 10)) GFLOP/s of multiply-add on one core")
print(
  column("", 22) + column("forward ns", 12) + column("of peak", 10) + column("Jacobian ns", 13)
    + column("of peak", 10) + column("goal", 8) + "single: faster, goal")
var missed = false
for item in PassCase.all {
  let circuit = try item.circuit()
  let model = try Model(circuit: circuit, observables: [PassCase.observable()])
  let data = try InputData(sampleCount: samples)
  var angles = (0..<circuit.parameterCount).map { 0.1 + 0.37 * Double(($0 * 7) % 11) }
  func parameters(_ k: Int) throws -> ParameterSets {
    angles[0] = 0.1 + 1e-6 * Double(k)
    return try ParameterSets(angles)
  }
  let forward = try shortest { _ = try model.predict(parameters($0), data) }
  let jacobian = try shortest { _ = try model.jacobian(parameters($0), data) }
  let amplitudes = Double(samples * PassCase.layers << PassCase.qubits)
  let parts = [item.forward / forward, (item.forward + item.backward) / jacobian].map {
    $0 * amplitudes / rate
  }
  let single = try Model(circuit: circuit, observables: [PassCase.observable()], precision: .single)
  let gain = jacobian / (try shortest { _ = try single.jacobian(parameters($0), data) })
  let isMissed = parts[1] < item.goal || gain < PassCase.singleGoal
  missed = missed || isMissed
  let nanoseconds = [forward, jacobian].map { $0 * 1e9 / (amplitudes * Double(item.gates)) }
  print(
    column(item.name, 22) + column(rounded(nanoseconds[0], 1000), 12)
      + column("\(Int(parts[0] * 100)) %", 10) + column(rounded(nanoseconds[1], 1000), 13)
      + column("\(Int(parts[1] * 100)) %", 10) + column("\(Int(item.goal * 100)) %", 8)
      + "\(rounded(gain, 100)), \(PassCase.singleGoal)" + (isMissed ? "  missed" : ""))
}
exit(missed ? 1 : 0)
