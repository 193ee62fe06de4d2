public import CTangent
internal import TangentCircuits
internal import TangentNumerics

/// The circuit without what the observables do not depend on, on the same qubits, parameters and features; mixtures of Pauli
/// strings act on no more qubits than matter.
@c(qtg_circuit_light_cone)
public func circuitLightCone(
  _ circuit: qtg_circuit, _ observables: UnsafePointer<qtg_observable>?, _ n_observables: Int64,
  _ result: UnsafeMutablePointer<qtg_circuit>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let circuit = try CircuitBox.value(circuit)
    let observables = try ObservableBox.values(observables, count: n_observables)
    for observable in observables where observable.qubitCount != circuit.qubitCount {
      throw .invalid(
        "an observable acts on \(observable.qubitCount) qubits, the circuit has \(circuit.qubitCount)")
    }
    try CircuitBox.store(circuit.lightCone(of: observables).circuit, result)
  }
}
