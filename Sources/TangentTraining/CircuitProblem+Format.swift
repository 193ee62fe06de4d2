import TangentCircuits
import TangentNumerics
import TangentOptimization
import TangentSimulation

/// Model, data and targets in the file of a run; the layout class too, so that a run goes on with the same bits on another
/// machine.
extension CircuitProblem {
  public static var file: FileFormat {
    FileFormat(name: "training run", magic: "QTANGRUN", version: 3, oldest: 2)
  }

  public func encode(into writer: inout ByteWriter) {
    CircuitProblem.write(model, to: &writer)
    CircuitProblem.write(data, to: &writer)
    CircuitProblem.write(
      targets, weights, isMeasured: measurement != nil, isNoted: !note.isEmpty, to: &writer)
    if let measurement { CircuitProblem.write(measurement, to: &writer) }
    if !note.isEmpty { writer.write(note) }
  }

  public convenience init(from reader: inout ByteReader) throws(TangentError) {
    let model = try CircuitProblem.readModel(from: &reader)
    guard model.circuit.parameterCount > 0 else {
      throw CircuitProblem.corrupted("the circuit has no parameters")
    }
    let data = try CircuitProblem.readData(from: &reader)
    let (targets, weights, isMeasured, isNoted) = try CircuitProblem.readTargets(from: &reader)
    let measurement = isMeasured ? try CircuitProblem.readMeasurement(from: &reader) : nil
    try self.init(
      model: model, data: data, targets: targets, weights: weights, measurement: measurement,
      note: isNoted ? reader.readBytes("the note") : [])
  }

  static func write(_ model: Model, to writer: inout ByteWriter) {
    writer.write(
      UInt8(model.precision.rawValue) | UInt8(model.method.rawValue) << 2 | model.layout.code << 4)
    writer.write(CircuitFormat.encode(model.circuit))
    writer.write(model.observables.count)
    for observable in model.observables { writer.write(CircuitFormat.encode(observable)) }
    writer.write(model.scale)
  }

  static func readModel(from reader: inout ByteReader) throws(TangentError) -> Model {
    let kinds = try reader.read(UInt8.self, "the precision")
    guard let precision = Precision(rawValue: Int32(kinds & 3)),
      let method = SimulationMethod(rawValue: Int32(kinds >> 2 & 3)),
      let layout = LayoutClass(code: kinds >> 4)
    else { throw corrupted("the precision, the method or the layout class is unknown") }
    let circuit = try CircuitFormat.decodeCircuit(try reader.readBytes("the circuit"))
    var observables: [Observable] = []
    for _ in 0..<(try reader.readCount(elementSize: 8, "the observables")) {
      observables.append(try CircuitFormat.decodeObservable(try reader.readBytes("an observable")))
    }
    return try Model(
      circuit: circuit, observables: observables, scale: try reader.readDouble("the scale"),
      precision: precision, method: method, layout: layout)
  }

  private static func write(_ data: InputData, to writer: inout ByteWriter) {
    writer.write(data.sampleCount)
    writer.write(data.featureCount)
    writer.write(data.features)
    let kind: UInt8 =
      switch data.stateKind {
      case .none: 0
      case .pure: 1
      case .mixed: 2
      }
    writer.write(kind)
    writer.write(data.dimension)
    writer.write(data.states)
  }

  private static func readData(from reader: inout ByteReader) throws(TangentError) -> InputData {
    let sampleCount = try reader.read(Int.self, "the number of samples")
    let featureCount = try reader.read(Int.self, "the number of features")
    let features = try reader.readDoubles("the features")
    let kinds: [InputData.StateKind] = [.none, .pure, .mixed]
    let kind = Int(try reader.read(UInt8.self, "the kind of states"))
    guard kind < kinds.count else { throw corrupted("\(kind) is not a kind of states") }
    let dimension = try reader.read(Int.self, "the dimension of the states")
    guard kind == 0 || dimension >= 1 else { throw corrupted("states of dimension \(dimension)") }
    return try InputData(
      sampleCount: sampleCount, features: features, featureCount: featureCount,
      states: try reader.readDoubles("the states"), stateKind: kinds[kind], dimension: dimension)
  }

  /// The kind of targets, and whether weights, a measurement and a note follow: files without them are what they were
  /// before there were any.
  private static func write(
    _ targets: Targets, _ weights: [Double]?, isMeasured: Bool, isNoted: Bool,
    to writer: inout ByteWriter
  ) {
    let weighted: UInt8 = (weights == nil ? 0 : 2) + (isMeasured ? 4 : 0) + (isNoted ? 8 : 0)
    switch targets {
    case .values(let values):
      writer.write(weighted)
      writer.write(values)
    case .labels(let labels):
      writer.write(1 + weighted)
      writer.write(labels)
    }
    if let weights { writer.write(weights) }
  }

  private static func readTargets(
    from reader: inout ByteReader
  ) throws(TangentError) -> (Targets, weights: [Double]?, isMeasured: Bool, isNoted: Bool) {
    let kind = try reader.read(UInt8.self, "the kind of targets")
    guard kind < 16 else { throw corrupted("\(kind) is not a kind of targets") }
    let targets: Targets =
      kind & 1 == 1
      ? .labels(try reader.readInts("the labels")) : .values(try reader.readDoubles("the targets"))
    let weights = kind & 2 == 2 ? try reader.readDoubles("the weights") : nil
    return (targets, weights, kind & 4 == 4, kind & 8 == 8)
  }

  static func corrupted(_ what: String) -> TangentError {
    TangentError(.corruptedFile, "damaged data: \(what)")
  }
}
