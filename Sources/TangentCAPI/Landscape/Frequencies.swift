public import CTangent
internal import TangentCircuits
internal import TangentNumerics

/// The frequencies with which expectation values oscillate in every parameter: multiples of base (n_params) up to degree
/// (n_params) times it. An error that names gate and parameter where they have no common base or depend on the data.
@c(qtg_circuit_frequencies)
public func circuitFrequencies(
  _ circuit: qtg_circuit, _ n_params: Int64, _ base: UnsafeMutablePointer<Double>?,
  _ degree: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let circuit = try CircuitBox.value(circuit)
    guard n_params == circuit.parameterCount else {
      throw .invalid("n_params is \(n_params), the circuit has \(circuit.parameterCount) parameters")
    }
    let found = try circuit.parameterFrequencies()
    if found.isEmpty { return }
    try Results.write(found.map(\.base), to: base, "base")
    try Arguments.nonNull("degree", degree).update(from: found.map { Int64($0.degree) }, count: found.count)
  }
}
