import TangentNumerics

/// How the observables of a model are measured: settings of the detectors, and the rules of shifted angles that measure
/// derivatives.
public struct Measurement: Sendable {
  /// A parameter enters a rotation that is moved alone, d angle / d parameter = factor, times a feature if there is one.
  public struct Entry: Sendable, Equatable {
    public let rotation: Int
    public let parameter: Int
    /// -1 for none.
    public let feature: Int
    public let factor: Double

    public init(rotation: Int, parameter: Int, feature: Int, factor: Double) {
      self.rotation = rotation
      self.parameter = parameter
      self.feature = feature
      self.factor = factor
    }
  }

  /// Its circuit has, behind the p parameters, one for every rotation that is moved alone; its observables tell how often
  /// outcomes come.
  public let probes: Model
  /// Along the angle of each rotation predictions are a + b cos(w delta) + c sin(w delta), (q).
  public let frequencies: [Double]
  /// Rotation by rotation.
  public let entries: [Entry]
  public let settings: [DetectorSetting]
  /// What needs no measurement, of every output.
  public let constants: [Double]

  public var parameterCount: Int { probes.circuit.parameterCount - frequencies.count }
  public var outputCount: Int { constants.count }

  /// - Throws: `invalidArgument` for parts that do not fit together.
  public init(
    probes: Model, frequencies: [Double], entries: [Entry], settings: [DetectorSetting], constants: [Double]
  ) throws(TangentError) {
    guard frequencies.count <= probes.circuit.parameterCount,
      frequencies.allSatisfy({ $0 > 0 && $0.isFinite })
    else {
      throw .invalid("the frequencies of rotations are above 0, and each has a parameter of the circuit")
    }
    let p = probes.circuit.parameterCount - frequencies.count
    for entry in entries {
      guard frequencies.indices.contains(entry.rotation), 0..<p ~= entry.parameter,
        -1..<probes.circuit.featureCount ~= entry.feature, entry.factor.isFinite
      else {
        throw .invalid(
          "an entry names rotation \(entry.rotation) of \(frequencies.count), parameter \(entry.parameter) of \(p) and feature \(entry.feature) of \(probes.circuit.featureCount)"
        )
      }
    }
    guard zip(entries, entries.dropFirst()).allSatisfy({ $0.rotation <= $1.rotation }) else {
      throw .invalid("the entries do not go rotation by rotation")
    }
    guard !constants.isEmpty, constants.firstNonFinite == nil else {
      throw .invalid("there are no outputs, or a constant is not finite")
    }
    for setting in settings {
      guard constants.indices.contains(setting.output), setting.probes.lowerBound >= 0,
        setting.probes.upperBound <= probes.outputCount
      else {
        throw .invalid(
          "a setting names output \(setting.output) of \(constants.count) and probes up to \(setting.probes.upperBound) of \(probes.outputCount)"
        )
      }
    }
    self.probes = probes
    self.frequencies = frequencies
    self.entries = entries
    self.settings = settings
    self.constants = constants
  }

  /// - Throws: `invalidArgument` for fewer than one shot, and for more than are drawn.
  public static func validate(shots: Int, _ name: String = "shots") throws(TangentError) {
    guard 1...Philox.mostTrials ~= shots else {
      throw .invalid("\(name) is \(shots); 1 to \(Philox.mostTrials) is possible")
    }
  }

  /// The probes' parameters: those of the model, and rotations that stand where they are.
  func padded(_ theta: ParameterSets) throws(TangentError) -> ParameterSets {
    guard theta.parameterCount == parameterCount else {
      throw .invalid(
        "theta has \(theta.parameterCount) entries, the circuit has \(parameterCount) parameters")
    }
    if frequencies.isEmpty { return theta }
    let (p, width) = (parameterCount, probes.circuit.parameterCount)
    var values = [Double](repeating: 0, count: theta.setCount * width)
    for set in 0..<theta.setCount {
      for k in 0..<p { values[set * width + k] = theta.values[set * p + k] }
    }
    return try ParameterSets(values: values, setCount: theta.setCount, parameterCount: width)
  }

  /// The most outcomes of a setting.
  var mostOutcomes: Int { settings.map(\.outcomes.count).max() ?? 0 }
}
