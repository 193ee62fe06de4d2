public import CTangent
internal import TangentNumerics
internal import TangentSimulation

final class SamplesBox: Handled {
  static let kind = HandleKind.samples
  let data: InputData

  init(_ data: InputData) { self.data = data }

  static func value(_ handle: Int64) throws(TangentError) -> InputData {
    try HandleTable.shared.find(handle, as: SamplesBox.self).data
  }

  static func store(_ data: InputData, _ result: UnsafeMutablePointer<qtg_samples>?) throws(TangentError) {
    let result = try Arguments.nonNull("result", result)
    result.pointee = try HandleTable.shared.insert(SamplesBox(data))
  }
}

/// Checks samples and copies them: every entry finite, states normalised, density matrices Hermitian and positive.
/// What the library makes of them for a model is kept with them.
@c(qtg_samples_create)
public func samplesCreate(
  _ data: UnsafePointer<qtg_data>?, _ cancel: qtg_cancel, _ result: UnsafeMutablePointer<qtg_samples>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let data = try Arguments.structure("data", data)
    let (m, d) = (data.n_samples, data.dimension)
    let features = try Arguments.buffer(
      "features", data.features, count: Arguments.count("features", m, data.n_features))
    let kind: InputData.StateKind
    let size: Int
    switch UInt32(bitPattern: data.state_kind) {
    case QTG_STATES_NONE.rawValue: (kind, size) = (.none, 0)
    case QTG_STATES_PURE.rawValue: (kind, size) = (.pure, try Arguments.count("states", m, d, 2))
    case QTG_STATES_MIXED.rawValue: (kind, size) = (.mixed, try Arguments.count("states", m, d, d, 2))
    default:
      throw .invalid("data.state_kind is \(data.state_kind), 0 (none), 1 (pure) or 2 (mixed) is expected")
    }
    if kind == .none {
      try Memory.require(1024 * (try Arguments.count("samples", m)), "\(m) samples")
    } else if d < 2 || d & (d - 1) != 0 {
      throw .invalid("data.dimension is \(d), it must be a power of two of at least 2")
    }
    let samples = try InputData(
      sampleCount: Int(m), features: Array(features), featureCount: Int(data.n_features),
      states: Array(Arguments.buffer("states", data.states, count: size)), stateKind: kind,
      dimension: kind == .none ? 0 : Int(d), cancel: token)
    try SamplesBox.store(samples, result)
  }
}

/// Sizes; an output that is not wanted may be null. dimension is 0 without states, state_kind is enum qtg_state_kind.
@c(qtg_samples_info)
public func samplesInfo(
  _ samples: qtg_samples, _ n_samples: UnsafeMutablePointer<Int64>?,
  _ n_features: UnsafeMutablePointer<Int64>?, _ dimension: UnsafeMutablePointer<Int64>?,
  _ state_kind: UnsafeMutablePointer<Int32>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let data = try SamplesBox.value(samples)
    n_samples?.pointee = Int64(data.sampleCount)
    n_features?.pointee = Int64(data.featureCount)
    dimension?.pointee = Int64(data.dimension)
    let kind =
      switch data.stateKind {
      case .none: QTG_STATES_NONE
      case .pure: QTG_STATES_PURE
      case .mixed: QTG_STATES_MIXED
      }
    state_kind?.pointee = Int32(bitPattern: kind.rawValue)
  }
}

/// The features as given, (n_samples, n_features).
@c(qtg_samples_features)
public func samplesFeatures(
  _ samples: qtg_samples, _ buffer: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    try Results.write(SamplesBox.value(samples).features, buffer, capacity, length)
  }
}

/// The states as given, in (re, im) pairs: (n_samples, dimension) or (n_samples, dimension, dimension).
@c(qtg_samples_states)
public func samplesStates(
  _ samples: qtg_samples, _ buffer: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    try Results.write(SamplesBox.value(samples).states, buffer, capacity, length)
  }
}

/// A copy of some samples, in the order of their indices, which may repeat.
@c(qtg_samples_select)
public func samplesSelect(
  _ samples: qtg_samples, _ indices: UnsafePointer<Int64>?, _ count: Int64,
  _ result: UnsafeMutablePointer<qtg_samples>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let data = try SamplesBox.value(samples)
    let perSample = data.featureCount + data.states.count / data.sampleCount
    let rows = try Arguments.buffer("indices", indices, count: Arguments.count("indices", count))
    try Memory.require(
      8 * (try Arguments.count("samples", count, 128 + 2 * Int64(perSample))), "\(count) samples")
    try SamplesBox.store(data.selected(rows.map { Int($0) }), result)
  }
}

@c(qtg_samples_free)
public func samplesFree(_ samples: qtg_samples) -> Int32 {
  always { () throws(TangentError) in try HandleTable.shared.remove(samples, kind: .samples) }
}
