public import CTangent
internal import TangentClassical
internal import TangentNumerics

/// The kernel of an infinitely wide recurrent network between sequences and others, or among the first alone where the
/// others are null. Of the parts 0, ..., parts - 1 one is computed; together they fill the result. kind is an enum
/// qtg_kernel_kind. kernel (rows.count, columns.count).
@c(qtg_recurrent_kernel)
public func recurrentKernel(
  _ network: UnsafePointer<qtg_recurrent_network>?, _ rows: UnsafePointer<qtg_sequences>?,
  _ columns: UnsafePointer<qtg_sequences>?, _ kind: Int32, _ part: Int64, _ parts: Int64,
  _ cancel: qtg_cancel,
  _ kernel: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded(cancel) { (token) throws(TangentError) in
    let options = try Arguments.structure("network", network)
    let network = try Arguments.recurrentNetwork(options)
    guard parts >= 1, (0..<parts).contains(part) else {
      throw .invalid("part is \(part) of \(parts); 0 <= part < parts is expected")
    }
    let kind = try Arguments.kernelKind(kind)
    let rows = try Arguments.sequences("rows", try Arguments.nonNull("rows", rows).pointee)
    let columns = try columns.map { (set) throws(TangentError) in
      try Arguments.sequences("columns", set.pointee)
    }
    let count = try Arguments.count(
      "kernel", Int64(rows.lengths.count), Int64((columns ?? rows).lengths.count))
    if count == 0 { return }
    let result = try Arguments.nonNull("kernel", kernel)
    let forward = try RecurrentKernel(network, rows: rows, columns: columns)
    try Memory.require(forward.scratchBytes, "the steps of these sequences")
    try forward.fill(result, kind, part: Int(part), of: Int(parts), cancel: token)
    if options.bidirectional != 0 {
      let backward = try RecurrentKernel(network, rows: rows.reversed, columns: columns?.reversed)
      try backward.fill(result, kind, part: Int(part), of: Int(parts), adding: true, cancel: token)
    }
  }
}

extension Arguments {
  static func recurrentNetwork(_ options: qtg_recurrent_network) throws(TangentError) -> RecurrentNetwork {
    let activation: Activation
    switch UInt32(bitPattern: options.activation) {
    case QTG_RELU.rawValue: activation = .relu
    case QTG_ERF.rawValue: activation = .erf
    default: throw .invalid("network.activation is \(options.activation), 0 or 1 is expected")
    }
    let pooling: RecurrentNetwork.Pooling
    switch UInt32(bitPattern: options.pooling) {
    case QTG_POOLING_LAST.rawValue: pooling = .last
    case QTG_POOLING_MEAN.rawValue: pooling = .mean
    case QTG_POOLING_MEAN_UNTIED.rawValue: pooling = .meanUntied
    default: throw .invalid("network.pooling is \(options.pooling), 0 to 2 is expected")
    }
    let initial: RecurrentNetwork.InitialState
    switch UInt32(bitPattern: options.initial_state) {
    case QTG_INITIAL_INDEPENDENT.rawValue: initial = .independent
    case QTG_INITIAL_SHARED.rawValue: initial = .shared
    default: throw .invalid("network.initial_state is \(options.initial_state), 0 or 1 is expected")
    }
    guard (0...Int64(RecurrentNetwork.mostLayers)).contains(options.layers),
      (0...Int64(RecurrentNetwork.mostLayers)).contains(options.frozen_layers)
    else {
      throw .invalid(
        "layers is \(options.layers) and frozen_layers \(options.frozen_layers); "
          + "at most \(RecurrentNetwork.mostLayers) are supported")
    }
    return try RecurrentNetwork(
      layers: Int(options.layers), activation: activation, pooling: pooling, sigmaW: options.sigma_w,
      sigmaU: options.sigma_u, sigmaB: options.sigma_b, sigmaH: options.sigma_h, sigmaV: options.sigma_v,
      frozenLayers: Int(options.frozen_layers), initialState: initial)
  }

  static func kernelKind(_ kind: Int32) throws(TangentError) -> KernelKind {
    switch UInt32(bitPattern: kind) {
    case QTG_KERNEL_TANGENT.rawValue: return .tangent
    case QTG_KERNEL_OUTPUTS.rawValue: return .outputs
    default: throw .invalid("kind is \(kind), 0 or 1 is expected")
    }
  }

  static func sequences(_ name: String, _ set: qtg_sequences) throws(TangentError) -> Sequences {
    let count = try count("\(name).lengths", set.count)
    let lengths = Array(try buffer("\(name).lengths", set.lengths, count: count))
    var total: Int64 = 0
    for (number, length) in lengths.enumerated() {
      let (sum, overflow) = total.addingReportingOverflow(length)
      guard length >= 1, !overflow else {
        throw .invalid("\(name): sequence \(number) has length \(length), at least 1 is expected")
      }
      total = sum
    }
    guard set.dimension >= 1 else {
      throw .invalid("\(name): the steps have dimension \(set.dimension), at least 1 is expected")
    }
    return try Sequences(
      lengths: lengths.map { Int($0) }, dimension: Int(set.dimension),
      values: try doubles(
        "\(name).values", set.values, count: try Arguments.count("\(name).values", total, set.dimension)))
  }
}
