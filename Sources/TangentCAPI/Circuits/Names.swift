public import CTangent
internal import TangentCircuits
internal import TangentNumerics

/// The names of all parameters (kind QTG_ANGLE_PARAMETER) or all features (QTG_ANGLE_FEATURE) in order, as UTF-8, each
/// with a zero byte at its end; length receives the bytes of all. What has been given no name is called p and its index,
/// or x and its index.
@c(qtg_circuit_names)
public func circuitNames(
  _ circuit: qtg_circuit, _ kind: Int32, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let names = try CircuitBox.value(circuit).names(of: Arguments.namesKind(kind))
    try Results.write(names.flatMap { $0.utf8 + [0] }.map(CChar.init(bitPattern:)), buffer, capacity, length)
  }
}

/// Names all parameters (kind QTG_ANGLE_PARAMETER) or all features (QTG_ANGLE_FEATURE): one name for each in order, as
/// UTF-8, each with a zero byte at its end, n_bytes in all. A null pointer takes the names away. A name has 1 to 256
/// bytes, no control characters, and differs from the others.
@c(qtg_circuit_set_names)
public func circuitSetNames(
  _ circuit: qtg_circuit, _ kind: Int32, _ names: UnsafePointer<CChar>?, _ n_bytes: Int64
) -> Int32 {
  guarded { () throws(TangentError) in
    let kind = try Arguments.namesKind(kind)
    let names = names == nil && n_bytes == 0 ? nil : try Arguments.texts("names", names, n_bytes)
    try CircuitBox.mutate(circuit) { circuit throws(TangentError) in
      try circuit.setNames(of: kind, names)
    }
  }
}

/// Gives the circuit the names that another has for the parameters and features it has itself, in place of its own.
@c(qtg_circuit_take_names)
public func circuitTakeNames(_ circuit: qtg_circuit, _ other: qtg_circuit) -> Int32 {
  guarded { () throws(TangentError) in
    let other = try CircuitBox.value(other)
    try CircuitBox.mutate(circuit) { circuit throws(TangentError) in try circuit.takeNames(of: other) }
  }
}

extension Arguments {
  fileprivate static func namesKind(_ kind: Int32) throws(TangentError) -> Names.Kind {
    switch UInt32(bitPattern: kind) {
    case QTG_ANGLE_PARAMETER.rawValue: .parameter
    case QTG_ANGLE_FEATURE.rawValue: .feature
    default: throw .invalid("kind is \(kind), 0 (parameters) or 1 (features) is expected")
    }
  }

  /// Texts in UTF-8 one after another, each with a zero byte at its end.
  fileprivate static func texts(
    _ name: String, _ pointer: UnsafePointer<CChar>?, _ count: Int64
  ) throws(TangentError) -> [String] {
    let bytes = try buffer(name, pointer, count: self.count(name, count)).map { UInt8(bitPattern: $0) }
    guard bytes.last ?? 0 == 0 else { throw .invalid("\(name) must end with a zero byte") }
    var result: [String] = []
    for piece in bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast() {
      guard let text = String(validating: piece, as: UTF8.self) else {
        throw .invalid("\(name) are not UTF-8 text")
      }
      result.append(text)
    }
    return result
  }
}
