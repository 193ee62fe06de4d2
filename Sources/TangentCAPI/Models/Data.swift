internal import CTangent
internal import TangentNumerics
internal import TangentSimulation
internal import TangentTraining

extension Arguments {
  /// A struct that begins with its size; a caller with a newer, longer struct is served as well.
  static func structure<T>(_ name: String, _ pointer: UnsafePointer<T>?) throws(TangentError) -> T {
    let pointer = try nonNull(name, pointer)
    let size = UnsafeRawPointer(pointer).load(as: Int64.self)
    guard size >= MemoryLayout<T>.stride else {
      throw .invalid("\(name).struct_size is \(size), set it to sizeof, \(MemoryLayout<T>.stride)")
    }
    return pointer.pointee
  }

  static func theta(
    _ pointer: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64
  ) throws(TangentError) -> ParameterSets {
    let values = try buffer("theta", pointer, count: try count("theta", n_sets, n_params))
    return try ParameterSets(values: Array(values), setCount: Int(n_sets), parameterCount: Int(n_params))
  }

  /// The targets, which must belong to so many samples and outputs.
  static func targets(
    _ pointer: UnsafePointer<qtg_targets>?, samples: Int, outputs: Int
  ) throws(TangentError) -> Targets {
    let targets = try structure("targets", pointer)
    guard targets.n_samples == samples, targets.n_outputs == outputs else {
      throw .invalid(
        "targets are for \(targets.n_samples) samples and \(targets.n_outputs) outputs, there are \(samples) and \(outputs)"
      )
    }
    switch UInt32(bitPattern: targets.loss) {
    case QTG_LOSS_MSE.rawValue:
      return .values(try doubles("targets.values", targets.values, count: samples * outputs))
    case QTG_LOSS_CROSS_ENTROPY.rawValue:
      return .labels(try buffer("targets.labels", targets.labels, count: samples).map { Int($0) })
    default: throw .invalid("targets.loss is \(targets.loss), 0 (mse) or 1 (cross-entropy) is expected")
    }
  }

  /// The weights of so many samples that come with targets, if any do.
  static func weights(_ pointer: UnsafePointer<qtg_targets>?, samples: Int) throws(TangentError) -> [Double]?
  {
    let weights = try structure("targets", pointer).weights
    return weights == nil ? nil : try doubles("targets.weights", weights, count: samples)
  }
}
