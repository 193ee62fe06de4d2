public import CTangent
internal import TangentCircuits
internal import TangentNumerics

final class ChannelBox: Handled {
  static let kind = HandleKind.channel
  let channel: Channel

  init(_ channel: Channel) { self.channel = channel }

  static func value(_ handle: Int64) throws(TangentError) -> Channel {
    try HandleTable.shared.find(handle, as: ChannelBox.self).channel
  }

  static func store(_ channel: Channel, _ result: UnsafeMutablePointer<qtg_channel>?) throws(TangentError) {
    let result = try Arguments.nonNull("result", result)
    result.pointee = try HandleTable.shared.insert(ChannelBox(channel))
  }
}

/// rho -> kept rho + (1 - kept) tr(rho) 1/2^n on n_qubits qubits, kept from -1/(4^n - 1) to 1. label, up to 256 bytes,
/// is what drawings and messages call the channel.
@c(qtg_channel_depolarizing)
public func channelDepolarizing(
  _ kept: Double, _ n_qubits: Int64, _ label: UnsafePointer<CChar>?,
  _ result: UnsafeMutablePointer<qtg_channel>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let label = try Arguments.text("label", label)
    try ChannelBox.store(.depolarizing(kept: kept, qubitCount: Int(n_qubits), label: label), result)
  }
}

/// Every Pauli string of mixture acts with its coefficient as probability, the identity with what remains.
@c(qtg_channel_pauli)
public func channelPauli(
  _ mixture: qtg_observable, _ label: UnsafePointer<CChar>?, _ result: UnsafeMutablePointer<qtg_channel>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let label = try Arguments.text("label", label)
    try ChannelBox.store(.pauli(mixture: ObservableBox.value(mixture), label: label), result)
  }
}

/// rho -> sum_k K_k rho K_k^dagger: complex (n_operators, dimension, dimension), dimension 2 to 16, the first qubit on
/// the most significant index. An error unless sum_k K_k^dagger K_k is 1 to within 1e-10.
@c(qtg_channel_kraus)
public func channelKraus(
  _ operators: UnsafePointer<Double>?, _ n_operators: Int64, _ dimension: Int64,
  _ label: UnsafePointer<CChar>?, _ result: UnsafeMutablePointer<qtg_channel>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let label = try Arguments.text("label", label)
    guard (1...16).contains(dimension), (1...(1 << 16)).contains(n_operators) else {
      throw .invalid(
        "n_operators is \(n_operators) and dimension \(dimension); 1 to 65536 and 2 to 16 are expected")
    }
    let size = Int(2 * dimension * dimension)
    let all = try Arguments.buffer("operators", operators, count: size * Int(n_operators))
    let matrices = (0..<Int(n_operators)).map {
      ComplexMatrix(
        rows: Int(dimension), columns: Int(dimension),
        interleaved: UnsafeBufferPointer(rebasing: all[$0 * size..<($0 + 1) * size]))
    }
    try ChannelBox.store(.kraus(matrices, label: label), result)
  }
}

@c(qtg_channel_free)
public func channelFree(_ channel: qtg_channel) -> Int32 {
  always { () throws(TangentError) in try HandleTable.shared.remove(channel, kind: .channel) }
}

/// Sizes and the enum qtg_channel_form; an output that is not wanted may be null. n_operators counts what
/// qtg_channel_operators gives.
@c(qtg_channel_info)
public func channelInfo(
  _ channel: qtg_channel, _ n_qubits: UnsafeMutablePointer<Int64>?, _ form: UnsafeMutablePointer<Int32>?,
  _ n_operators: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let channel = try ChannelBox.value(channel)
    let number: qtg_channel_form =
      switch channel.form {
      case .depolarizing: QTG_CHANNEL_DEPOLARIZING
      case .pauli: QTG_CHANNEL_PAULI
      case .kraus: QTG_CHANNEL_KRAUS
      }
    n_qubits?.pointee = Int64(channel.qubitCount)
    form?.pointee = Int32(number.rawValue)
    n_operators?.pointee = Int64(channel.operatorCount)
  }
}

/// What drawings and messages call the channel.
@c(qtg_channel_label)
public func channelLabel(
  _ channel: qtg_channel, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    try Results.write(ChannelBox.value(channel).label, buffer, capacity, length)
  }
}

/// Of a mixture of Pauli strings their probabilities, that of the identity too, as an observable, and 1 in kept; of a
/// depolarising channel that of the identity alone, and what it leaves of every other string in kept. An error for Kraus
/// operators.
@c(qtg_channel_mixture)
public func channelMixture(
  _ channel: qtg_channel, _ kept: UnsafeMutablePointer<Double>?,
  _ result: UnsafeMutablePointer<qtg_observable>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let channel = try ChannelBox.value(channel)
    let kept = try Arguments.nonNull("kept", kept)
    let factor: Double = if case .depolarizing(let factor) = channel.form { factor } else { 1 }
    guard let mixture = try channel.mixtureOfStrings() else {
      throw .invalid("\(channel.label) is made of Kraus operators and no mixture of Pauli strings")
    }
    try ObservableBox.store(mixture, result)
    kept.pointee = factor
  }
}

/// T_ab = tr(P_a E(P_b))/2^n, (4^n, 4^n), up to 4 qubits: Pauli strings by their digits I, X, Y, Z = 0 to 3 in base 4,
/// the first qubit's the most significant.
@c(qtg_channel_transfer_matrix)
public func channelTransferMatrix(_ channel: qtg_channel, _ matrix: UnsafeMutablePointer<Double>?) -> Int32 {
  guarded { () throws(TangentError) in
    try Results.write(ChannelBox.value(channel).transferMatrix(), to: matrix, "matrix")
  }
}

/// Averages of T on any number of qubits; an output that is not wanted may be null. twirl: the mean of the diagonal without
/// its first entry; unitarity: the mean squared norm of columns but the first; displacement: the squared norm of the first
/// column without its first entry.
@c(qtg_channel_averages)
public func channelAverages(
  _ channel: qtg_channel, _ twirl: UnsafeMutablePointer<Double>?,
  _ unitarity: UnsafeMutablePointer<Double>?, _ displacement: UnsafeMutablePointer<Double>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let averages = try ChannelBox.value(channel).averages()
    twirl?.pointee = averages.twirl
    unitarity?.pointee = averages.unitarity
    displacement?.pointee = averages.displacement
  }
}

/// Kraus operators, complex (n_operators, 2^n, 2^n), up to 4 qubits; of a mixture of Pauli strings the identity first.
/// length receives their numbers of 8 bytes.
@c(qtg_channel_operators)
public func channelOperators(
  _ channel: qtg_channel, _ buffer: UnsafeMutablePointer<Double>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let entries = try ChannelBox.value(channel).krausOperators().flatMap { matrix in
      zip(matrix.re, matrix.im).flatMap { [$0, $1] }
    }
    try Results.write(entries, buffer, capacity, length)
  }
}

/// The versioned binary form that qtg_channel_deserialize reads.
@c(qtg_channel_serialize)
public func channelSerialize(
  _ channel: qtg_channel, _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    try Results.write(CircuitFormat.encode(ChannelBox.value(channel)), buffer, capacity, length)
  }
}

/// A channel from its binary form; damaged bytes are QTG_CORRUPTED_FILE.
@c(qtg_channel_deserialize)
public func channelDeserialize(
  _ bytes: UnsafePointer<UInt8>?, _ n_bytes: Int64, _ result: UnsafeMutablePointer<qtg_channel>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let count = try Arguments.count("bytes", n_bytes)
    let bytes = Array(try Arguments.buffer("bytes", bytes, count: count))
    try ChannelBox.store(CircuitFormat.decodeChannel(bytes), result)
  }
}

/// Appends a channel on as many qubits as it has.
@c(qtg_circuit_append_channel)
public func circuitAppendChannel(
  _ circuit: qtg_circuit, _ channel: qtg_channel, _ qubits: UnsafePointer<Int64>?, _ n_qubits: Int64
) -> Int32 {
  guarded { () throws(TangentError) in
    let channel = try ChannelBox.value(channel)
    let qubits = try Arguments.qubits(qubits, count: n_qubits)
    try CircuitBox.mutate(circuit) { circuit throws(TangentError) in
      try circuit.appendChannel(channel, qubits: qubits)
    }
  }
}

/// The index of the circuit's first instruction that is a channel; -1 if none is.
@c(qtg_circuit_first_channel)
public func circuitFirstChannel(_ circuit: qtg_circuit, _ index: UnsafeMutablePointer<Int64>?) -> Int32 {
  guarded { () throws(TangentError) in
    let first = try CircuitBox.value(circuit).instructions.firstIndex { instruction in
      if case .channel = instruction.operation { true } else { false }
    }
    try Arguments.nonNull("index", index).pointee = Int64(first ?? -1)
  }
}
