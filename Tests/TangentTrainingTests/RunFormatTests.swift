import Glibc
import TangentCircuits
import TangentNumerics
import TangentSimulation
import Testing

import TangentTraining
@testable import TangentOptimization

@Suite struct RunFormatTests {
  /// Runs of every kind, after a few steps.
  private static func runs() throws -> [TrainingRun] {
    let recording = Recording(fields: [.loss, .predictions, .kernel, .theta], schedule: .steps([0, 2, 3]))
    var runs = try allOptimizers.map {
      try Problem(qubits: 2, layers: 1, samples: 3, outputs: 2).run(
        setCount: 2, TrainingOptions(optimizer: $0, recording: recording))
    }
    // features, mixed states, every kind of instruction and observable
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.u3, qubits: [1], angles: [.feature(0), .parameter(0), .parameter(1)])
    try circuit.appendRotation(
      Angle(constant: 1, terms: [Angle.Term(0.5, .parameterFeature(2, 1))]), pauli: "XY", qubits: [1, 0])
    try circuit.appendEvolution(.parameter(3), generator: .projector("01"), qubits: [0, 1])
    try circuit.appendUnitary(.haarUnitary(dimension: 2, seed: 1), qubits: [1])
    let observable = try Observable.combination(
      [.pauli("ZX"), .projector("10"), .hermitian(.identity(4))], coefficients: [1, 2, 3])
    let model = try Model(circuit: circuit, observables: [observable], scale: -0.5)
    let mixed = (0..<64).map { (k: Int) -> Double in k % 32 % 10 == 0 ? 0.25 : 0 }  // 1/4 on the diagonals
    let data = try InputData(
      sampleCount: 2, features: [0.1, 0.2, 0.3, 0.4], featureCount: 2, states: mixed, stateKind: .mixed,
      dimension: 4)
    runs.append(
      try TrainingRun(
        model: model, data: data, targets: .values([0.1, 0.2]),
        options: TrainingOptions(optimizer: Adam(), batchSize: 1)))
    runs.append(try measured())
    for run in runs { try run.advance(steps: 4) }
    return runs
  }

  /// <Z> behind two rotations, of which a second model moves each alone.
  static func measured(_ shots: ShotCounts = ShotCounts(predictions: 20, derivatives: 10)) throws
    -> TrainingRun
  {
    func circuit(_ rotations: [Angle]) throws -> Circuit {
      var circuit = try Circuit(qubitCount: 1)
      try circuit.append(.ry, qubits: [0], angles: [rotations[0]])
      try circuit.append(.rx, qubits: [0], angles: [rotations[1]])
      return circuit
    }
    let observable = try Observable.pauli("Z")
    let model = try Model(circuit: circuit([.parameter(0), .parameter(1)]), observables: [observable])
    let probes = try Model(
      circuit: circuit(
        (0..<2).map {
          Angle(constant: 0, terms: [Angle.Term(1, .parameter($0)), Angle.Term(1, .parameter($0 + 2))])
        }), observables: [observable])
    let measurement = try Measurement(
      probes: probes, frequencies: [1, 1],
      entries: (0..<2).map { Measurement.Entry(rotation: $0, parameter: $0, feature: -1, factor: 1) },
      settings: [
        DetectorSetting(output: 0, probes: 0..<1, outcomes: [-1, 1], chances: [0.5, -0.5, 0.5, 0.5])
      ], constants: [0])
    return try TrainingRun(
      model: model, data: InputData(sampleCount: 2), targets: .values([0.1, 0.2]),
      theta: ParameterSets(values: [0.3, 0.4], setCount: 1, parameterCount: 2),
      options: TrainingOptions(optimizer: Adam(), seed: 3, shots: shots), measurement: measurement)
  }

  /// Files without shots are what older libraries read.
  @Test func writesTheOldestVersion() throws {
    #expect(try RunFormatTests.measured().serialized()[8] == 3)
    #expect(
      try Problem(qubits: 2, layers: 1, samples: 4).run(TrainingOptions(optimizer: Adam())).serialized()[8]
        == 2)
  }

  @Test func recordsWhatShotsTell() throws {
    let run = try RunFormatTests.measured()
    try run.advance(steps: 3)
    let record = try run.record
    #expect(record.measuredLoss.count == 4)
    #expect(record.measuredLoss != record.loss)
    let single = try RunFormatTests.measured(ShotCounts(predictions: 1, derivatives: 1))
    try single.advance(steps: 1)
    #expect(try single.record.measuredLoss.allSatisfy(\.isNaN))
    #expect(throws: TangentError.self) {
      try RunFormatTests.measured(ShotCounts(predictions: 0, derivatives: 1))
    }
  }

  @Test func comesBackEqual() throws {
    for run in try RunFormatTests.runs() {
      let bytes = RunFormat.encode(run, checkpointEvery: 0)
      let copy = try RunFormat<CircuitProblem>.decode(bytes, path: "")
      #expect(RunFormat.encode(copy, checkpointEvery: 0) == bytes)
      #expect(copy.difference(model: run.model, data: run.data, targets: run.targets) == nil)
      try copy.advance(steps: 3)
      try run.advance(steps: 3)
      #expect(RunFormat.encode(copy, checkpointEvery: 0) == RunFormat.encode(run, checkpointEvery: 0))
    }
  }

  /// Bytes come from no file, so a run of theirs has none to write into, whatever interval they tell.
  @Test func bytesWriteNoCheckpoint() throws {
    let run = try RunFormatTests.runs()[0]
    let bytes = RunFormat.encode(run, checkpointEvery: 1)
    #expect(try RunFormat<CircuitProblem>.decode(bytes, path: "here").options.checkpoint?.path == "here")
    let copy = try TrainingRun.deserialized(CircuitProblem.file.header(of: bytes) + bytes)
    #expect(copy.options.checkpoint == nil)
  }

  @Test func keepsTheLayoutClass() throws {
    for layout in LayoutClass.allCases {
      let model = try Model(
        circuit: Ansatz.hardwareEfficient(qubitCount: 2, layers: 1), observables: [.pauli("ZI")],
        layout: layout)
      let run = try TrainingRun(
        model: model, data: InputData(sampleCount: 2), targets: .values([0.1, 0.2]),
        options: TrainingOptions(optimizer: Adam()))
      let copy = try RunFormat<CircuitProblem>.decode(
        RunFormat.encode(run, checkpointEvery: 0), path: "")
      #expect(copy.problem.model.layout == layout)
    }
  }

  /// Any beginning of the bytes, and any bytes with some changed, give an error or a run that works.
  @Test func survivesDamagedBytes() throws {
    var random = Philox(seed: 12)
    var (refused, accepted) = (0, 0)
    for run in try RunFormatTests.runs() {
      let bytes = RunFormat.encode(run, checkpointEvery: 0)
      for length in 0..<bytes.count {
        #expect(throws: TangentError.self) {
          try RunFormat<CircuitProblem>.decode(Array(bytes[..<length]), path: "")
        }
      }
      #expect(throws: TangentError.self) { try RunFormat<CircuitProblem>.decode(bytes + [0], path: "") }
      for trial in 0..<2000 {
        var damaged = bytes
        if trial % 2 == 0 {
          for _ in 0...(trial % 3) {
            damaged[random.index(below: bytes.count)] = UInt8(truncatingIfNeeded: random.nextUInt64())
          }
        } else {
          // a number no length, index or setting expects
          let extremes = [
            0, -1, Int.max, Int.min, 1 << 31, 1 << 40, Int(bitPattern: UInt(Double.nan.bitPattern)),
          ]
          var word = extremes[random.index(below: extremes.count)]
          let offset = random.index(below: bytes.count - 8)
          withUnsafeBytes(of: &word) { damaged.replaceSubrange(offset..<offset + 8, with: $0) }
        }
        do {
          let copy = try RunFormat<CircuitProblem>.decode(damaged, path: "")
          accepted += 1
          _ = try? copy.record
          _ = try? copy.advance(steps: 1)
        } catch { refused += 1 }
      }
    }
    #expect(refused > 1000 && accepted > 1000)
  }

  /// The checksum finds what the values themselves do not betray.
  @Test func filesAreChecked() throws {
    let file = TemporaryFile()
    let run = try Problem(qubits: 2, layers: 1, samples: 2).run(TrainingOptions(optimizer: Adam()))
    try run.save(path: file.path)
    let descriptor = open(file.path, O_RDWR)
    var status = stat()
    fstat(descriptor, &status)
    for offset in 0..<Int(status.st_size) {
      var byte: UInt8 = 0
      pread(descriptor, &byte, 1, offset)
      var changed = byte ^ 0x10
      pwrite(descriptor, &changed, 1, offset)
      do {
        _ = try TrainingRun.load(path: file.path)
        Issue.record("a change of byte \(offset) went unnoticed")
      } catch { #expect(error.kind == .corruptedFile && error.message.hasPrefix(file.path)) }
      pwrite(descriptor, &byte, 1, offset)
    }
    _ = try TrainingRun.load(path: file.path)
    ftruncate(descriptor, off_t(status.st_size - 1))
    #expect(throws: TangentError.self) { try TrainingRun.load(path: file.path) }
    close(descriptor)
    #expect(throws: TangentError.self) { try TrainingRun.load(path: file.folder + "/missing") }
  }
}
