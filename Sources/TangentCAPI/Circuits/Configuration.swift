public import CTangent
internal import Synchronization
internal import TangentCircuits
internal import TangentNumerics

/// The numbers that C code calls configuration keys by, since a term of an angle has no room for text. They are good for
/// every circuit of the process.
final class ConfigurationKeys: Sendable {
  static let shared = ConfigurationKeys()
  private let state = Mutex<(texts: [String], numbers: [String: Int64])>(([], [:]))

  func number(_ text: String) -> Int64 {
    state.withLock { state in
      if let number = state.numbers[text] { return number }
      let number = Int64(state.texts.count)
      state.texts.append(text)
      state.numbers[text] = number
      return number
    }
  }

  func text(_ number: Int64) throws(TangentError) -> String {
    let found = state.withLock { $0.texts.indices.contains(Int(number)) ? $0.texts[Int(number)] : nil }
    guard let found else { throw .invalid("\(number) is no configuration key; qtg_config_key gives them") }
    return found
  }
}

/// The number of a configuration key, for terms of angles: name in UTF-8, 1 to 256 bytes without control characters,
/// not what parameters and features without a name are called. The same name gives the same number in the whole process.
@c(qtg_config_key)
public func configKey(_ name: UnsafePointer<CChar>?, _ key: UnsafeMutablePointer<Int64>?) -> Int32 {
  guarded { () throws(TangentError) in
    let name = try Arguments.text("name", name)
    try Angle.ConfigurationTerm(1, name).validate()
    try Arguments.nonNull("key", key).pointee = ConfigurationKeys.shared.number(name)
  }
}

/// The name of a configuration key.
@c(qtg_config_key_name)
public func configKeyName(
  _ key: Int64, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    try Results.write(ConfigurationKeys.shared.text(key), buffer, capacity, length)
  }
}

/// The configuration keys of a circuit, in the order of first use.
@c(qtg_circuit_config_keys)
public func circuitConfigKeys(
  _ circuit: qtg_circuit, _ buffer: UnsafeMutablePointer<Int64>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let keys = try CircuitBox.value(circuit).configurationKeys
    try Results.write(keys.map(ConfigurationKeys.shared.number), buffer, capacity, length)
  }
}

/// The circuit under a configuration: angle values[k] in the place of keys[k], n_keys of both, 0 for the circuit's other
/// keys, and without the instructions that nothing but a configuration can turn and that this one leaves at 0. Values
/// have parameters, no features and no keys. A key that the circuit does not have is an error.
@c(qtg_circuit_bind)
public func circuitBind(
  _ circuit: qtg_circuit, _ keys: UnsafePointer<Int64>?, _ values: UnsafePointer<qtg_angle>?,
  _ n_keys: Int64, _ result: UnsafeMutablePointer<qtg_circuit>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let circuit = try CircuitBox.value(circuit)
    let numbers = try Arguments.buffer("keys", keys, count: try Arguments.count("keys", n_keys))
    let angles = try Arguments.angles(values, count: n_keys, limit: n_keys)
    var configuration: [String: Angle] = [:]
    for (number, angle) in zip(numbers, angles) {
      let key = try ConfigurationKeys.shared.text(number)
      guard configuration.updateValue(angle, forKey: key) == nil else {
        throw .invalid("configuration key \"\(key)\" has two values")
      }
    }
    try CircuitBox.store(circuit.bound(to: configuration), result)
  }
}
