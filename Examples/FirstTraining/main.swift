import QTangent

var circuit = try Encoding.angle(qubitCount: 2)
try circuit.append(Ansatz.hardwareEfficient(qubitCount: 2, layers: 3, topology: .chain))
print(circuit)
let model = try Model(circuit: circuit, observables: [.pauli("ZZ")])
let data = try InputData(sampleCount: 4, features: [0, 0, 0, 2, 2, 0, 2, 2], featureCount: 2)
let options = TrainingOptions(optimizer: Adam(learningRate: 0.1))
let targets = Targets.values([0.8, -0.8, -0.8, 0.8])
let run = try TrainingRun(model: model, data: data, targets: targets, options: options)
try run.advance(steps: 200)
print("loss: \(try run.record.loss[0]) before, \(try run.record.loss[200]) after 200 steps")
