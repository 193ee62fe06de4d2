public import CTangent
internal import TangentNumerics
internal import TangentSimulation

final class MeasurementBox: Handled {
  static let kind = HandleKind.measurement
  let measurement: Measurement

  init(_ measurement: Measurement) { self.measurement = measurement }

  static func value(_ handle: Int64) throws(TangentError) -> Measurement {
    try HandleTable.shared.find(handle, as: MeasurementBox.self).measurement
  }
}

/// How observables are measured by the probes of a model, which is copied.
@c(qtg_measurement_create)
public func measurementCreate(
  _ model: qtg_model, _ parts: UnsafePointer<qtg_measurement_parts>?,
  _ result: UnsafeMutablePointer<qtg_measurement>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let measurement = try Arguments.measurement(of: ModelBox.value(model), parts)
    let result = try Arguments.nonNull("result", result)
    result.pointee = try HandleTable.shared.insert(MeasurementBox(measurement))
  }
}

@c(qtg_measurement_free)
public func measurementFree(_ measurement: qtg_measurement) -> Int32 {
  guarded { () throws(TangentError) in try HandleTable.shared.remove(measurement, kind: .measurement) }
}

/// What so many shots of each setting give, (n_sets, m, n_outputs), and unbiased estimates of the variances, NaN for one shot,
/// which may be null. shots 0: the exact predictions, and the variances of one shot. chunk: samples at a time, 0 for all at
/// once.
@c(qtg_measurement_predict)
public func measurementPredict(
  _ measurement: qtg_measurement, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ shots: Int64, _ seed: UInt64, _ chunk: Int64, _ cancel: qtg_cancel,
  _ predictions: UnsafeMutablePointer<Double>?, _ variances: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let measurement = try MeasurementBox.value(measurement)
    let (theta, data) = (try Arguments.theta(theta, n_sets, n_params), try SamplesBox.value(samples))
    let shots = try Arguments.shots(shots)
    let predictions = try Arguments.nonNull("predictions", predictions)
    guard chunk >= 0 else {
      throw .invalid("chunk is \(chunk), it must be positive, or 0 for all samples at once")
    }
    let (m, k) = (data.sampleCount, measurement.outputCount)
    let size = chunk == 0 ? m : Int(min(chunk, Int64(m)))
    for first in stride(from: 0, to: m, by: size) {
      let rows = size == m ? nil : Array(first..<min(first + size, m))
      let found = try measurement.predictions(
        theta, data, rows: rows, shots: shots, key: ShotKey(seed: seed), cancel: token)
      let count = (rows?.count ?? m) * k
      for set in 0..<theta.setCount {
        for entry in 0..<count {
          predictions[(set * m + first) * k + entry] = found.means[set * count + entry]
          variances?[(set * m + first) * k + entry] = found.variances[set * count + entry]
        }
      }
    }
    try Results.requireFinite(predictions, theta.setCount * m * k, "predictions")
  }
}

/// Measured derivatives (n_sets, m, n_outputs, n_params) of so many shots of each setting on each side of every entry of a
/// parameter, and unbiased estimates of the variances, NaN for one shot, which may be null. shots 0: the exact derivatives, and
/// the variances of one shot. Shots are those of a training's step with the seed. estimator: enum qtg_estimator, parameter shift or bound.
@c(qtg_measurement_jacobian)
public func measurementJacobian(
  _ measurement: qtg_measurement, _ theta: UnsafePointer<Double>?, _ n_sets: Int64, _ n_params: Int64,
  _ samples: qtg_samples, _ shots: Int64, _ seed: UInt64, _ step: Int64, _ estimator: Int32,
  _ cancel: qtg_cancel, _ jacobian: UnsafeMutablePointer<Double>?, _ variances: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let measurement = try MeasurementBox.value(measurement)
    let (theta, data) = (try Arguments.theta(theta, n_sets, n_params), try SamplesBox.value(samples))
    guard let kind = Measurement.Estimator(rawValue: estimator), kind != .exact else {
      throw .invalid("estimator is \(estimator), 0 (parameter shift) or 1 (bound) is expected")
    }
    let found = try measurement.jacobian(
      theta, data, shots: Arguments.shots(shots), isBound: kind == .bound,
      key: ShotKey(seed: seed, step: Int(step)),
      cancel: token)
    try Results.write(found.means, to: jacobian, "jacobian")
    variances?.update(from: found.variances, count: found.variances.count)
  }
}

extension Arguments {
  /// nil for 0.
  static func shots(_ shots: Int64) throws(TangentError) -> Int? {
    if shots == 0 { return nil }
    try Measurement.validate(shots: Int(shots))
    return Int(shots)
  }

  /// That of a run's options, if they have one.
  static func measurement(_ options: UnsafePointer<qtg_run_options>?) throws(TangentError) -> Measurement? {
    let handle = try structure("options", options).measurement
    return handle == 0 ? nil : try MeasurementBox.value(handle)
  }

  static func measurement(
    of model: Model, _ pointer: UnsafePointer<qtg_measurement_parts>?
  ) throws(TangentError) -> Measurement {
    let parts = try structure("parts", pointer)
    let factors = try doubles("factors", parts.factors, count: count("factors", parts.n_entries))
    let indices = try buffer("entries", parts.entries, count: count("entries", parts.n_entries, 3))
    let entries = factors.indices.map {
      Measurement.Entry(
        rotation: Int(indices[3 * $0]), parameter: Int(indices[3 * $0 + 1]),
        feature: Int(indices[3 * $0 + 2]), factor: factors[$0])
    }
    let places = try buffer("settings", parts.settings, count: count("settings", parts.n_settings, 4))
    let outcomes = try doubles("outcomes", parts.outcomes, count: count("outcomes", parts.n_outcomes))
    let chances = try doubles("chances", parts.chances, count: count("chances", parts.n_chances))
    var settings: [DetectorSetting] = []
    var (outcome, chance) = (0, 0)
    for k in 0..<Int(parts.n_settings) {
      let (first, probes, count) = (places[4 * k + 1], places[4 * k + 2], places[4 * k + 3])
      // So bounded, products do not overflow.
      guard 0..<(1 << 24) ~= first, 0..<(1 << 24) ~= probes, 0..<(1 << 24) ~= count,
        Int(count) <= outcomes.count - outcome, Int(count * (1 + probes)) <= chances.count - chance
      else { throw .invalid("setting \(k) has outcomes or chances that are not there") }
      settings.append(
        try DetectorSetting(
          output: Int(places[4 * k]), probes: Int(first)..<Int(first + probes),
          outcomes: Array(outcomes[outcome..<outcome + Int(count)]),
          chances: Array(chances[chance..<chance + Int(count * (1 + probes))])))
      outcome += Int(count)
      chance += Int(count * (1 + probes))
    }
    return try Measurement(
      probes: model,
      frequencies: doubles("frequencies", parts.frequencies, count: count("frequencies", parts.n_rotations)),
      entries: entries, settings: settings,
      constants: doubles("constants", parts.constants, count: count("constants", parts.n_outputs)))
  }
}
