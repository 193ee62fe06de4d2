public import CTangent
internal import TangentCircuits
internal import TangentNumerics

final class ObservableBox: Handled {
  static let kind = HandleKind.observable
  let observable: Observable

  init(_ observable: Observable) { self.observable = observable }

  static func value(_ handle: Int64) throws(TangentError) -> Observable {
    try HandleTable.shared.find(handle, as: ObservableBox.self).observable
  }

  static func values(
    _ handles: UnsafePointer<qtg_observable>?, count: Int64
  ) throws(TangentError) -> [Observable] {
    guard (1...65536).contains(count) else { throw .invalid("\(count) observables, 1 to 65536 is expected") }
    var result: [Observable] = []
    for handle in try Arguments.buffer("observables", handles, count: Int(count)) {
      result.append(try value(handle))
    }
    return result
  }

  static func store(_ observable: Observable, _ result: UnsafeMutablePointer<qtg_observable>?)
    throws(TangentError)
  {
    let result = try Arguments.nonNull("result", result)
    result.pointee = try HandleTable.shared.insert(ObservableBox(observable))
  }
}

/// A Pauli string, one letter (I, X, Y, Z) a qubit, such as ZII.
@c(qtg_observable_pauli)
public func observablePauli(
  _ letters: UnsafePointer<CChar>?, _ result: UnsafeMutablePointer<qtg_observable>?
) -> Int32 {
  guarded { () throws(TangentError) in
    try ObservableBox.store(.pauli(try Arguments.text("letters", letters)), result)
  }
}

/// A dense Hermitian matrix, complex (dimension, dimension), dimension a power of two up to 4096.
@c(qtg_observable_hermitian)
public func observableHermitian(
  _ matrix: UnsafePointer<Double>?, _ dimension: Int64, _ result: UnsafeMutablePointer<qtg_observable>?
) -> Int32 {
  guarded { () throws(TangentError) in
    try ObservableBox.store(.hermitian(try Arguments.matrix("matrix", matrix, dimension: dimension)), result)
  }
}

/// The projector on a basis state, one character (0, 1) a qubit, such as 010.
@c(qtg_observable_projector)
public func observableProjector(
  _ bits: UnsafePointer<CChar>?, _ result: UnsafeMutablePointer<qtg_observable>?
) -> Int32 {
  guarded { () throws(TangentError) in
    try ObservableBox.store(.projector(try Arguments.text("bits", bits)), result)
  }
}

/// sum_k coefficients[k] * observables[k], on the same number of qubits each.
@c(qtg_observable_combine)
public func observableCombine(
  _ observables: UnsafePointer<qtg_observable>?, _ coefficients: UnsafePointer<Double>?, _ count: Int64,
  _ result: UnsafeMutablePointer<qtg_observable>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let observables = try ObservableBox.values(observables, count: count)
    let coefficients = try Arguments.doubles("coefficients", coefficients, count: Int(count))
    try ObservableBox.store(.combination(observables, coefficients: coefficients), result)
  }
}

@c(qtg_observable_info)
public func observableInfo(_ observable: qtg_observable, _ n_qubits: UnsafeMutablePointer<Int64>?) -> Int32 {
  guarded { () throws(TangentError) in
    let observable = try ObservableBox.value(observable)
    try Arguments.nonNull("n_qubits", n_qubits).pointee = Int64(observable.qubitCount)
  }
}

/// How many terms (Pauli strings and projectors) an observable has, and whether a dense part comes on top of them (1
/// or 0); an output that is not wanted may be null.
@c(qtg_observable_parts)
public func observableParts(
  _ observable: qtg_observable, _ n_terms: UnsafeMutablePointer<Int64>?,
  _ has_dense: UnsafeMutablePointer<Int32>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let observable = try ObservableBox.value(observable)
    n_terms?.pointee = Int64(observable.termCount)
    has_dense?.pointee = observable.dense == nil ? 0 : 1
  }
}

/// Term number index: its coefficient, and as text its Pauli letters (ZII) or, after all Pauli strings, the bits of a
/// projector (010).
@c(qtg_observable_term)
public func observableTerm(
  _ observable: qtg_observable, _ index: Int64, _ coefficient: UnsafeMutablePointer<Double>?,
  _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int64, _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let observable = try ObservableBox.value(observable)
    let count = observable.termCount
    guard index >= 0, index < count else {
      throw .invalid("index is \(index), but the observable has \(count) terms, counted from 0")
    }
    let (value, text) = observable.term(Int(index))
    coefficient?.pointee = value
    try Results.write(text, buffer, capacity, length)
  }
}

/// The dense part, complex (2^n, 2^n), without the terms; an error where there is none.
@c(qtg_observable_dense)
public func observableDense(_ observable: qtg_observable, _ matrix: UnsafeMutablePointer<Double>?) -> Int32 {
  guarded { () throws(TangentError) in
    guard let dense = try ObservableBox.value(observable).dense else {
      throw .invalid("the observable has no dense part")
    }
    try Results.write(dense, to: matrix, "matrix")
  }
}

/// The terms in text, such as 1*ZII + 0.5*|010><010|.
@c(qtg_observable_describe)
public func observableDescribe(
  _ observable: qtg_observable, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    try Results.write(ObservableBox.value(observable).description, buffer, capacity, length)
  }
}

/// The dense matrix, complex (2^n, 2^n), up to 12 qubits.
@c(qtg_observable_matrix)
public func observableMatrix(_ observable: qtg_observable, _ matrix: UnsafeMutablePointer<Double>?) -> Int32 {
  guarded { () throws(TangentError) in
    let observable = try ObservableBox.value(observable)
    let target = try Arguments.nonNull("matrix", matrix)
    try Results.write(observable.matrix(), to: target, "matrix")
  }
}

/// The versioned binary form that qtg_observable_deserialize reads.
@c(qtg_observable_serialize)
public func observableSerialize(
  _ observable: qtg_observable, _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int64,
  _ length: UnsafeMutablePointer<Int64>?
) -> Int32 {
  guarded { () throws(TangentError) in
    try Results.write(CircuitFormat.encode(ObservableBox.value(observable)), buffer, capacity, length)
  }
}

@c(qtg_observable_deserialize)
public func observableDeserialize(
  _ bytes: UnsafePointer<UInt8>?, _ n_bytes: Int64, _ result: UnsafeMutablePointer<qtg_observable>?
) -> Int32 {
  guarded { () throws(TangentError) in
    let count = try Arguments.count("bytes", n_bytes)
    let bytes = Array(try Arguments.buffer("bytes", bytes, count: count))
    try ObservableBox.store(CircuitFormat.decodeObservable(bytes), result)
  }
}

@c(qtg_observable_free)
public func observableFree(_ observable: qtg_observable) -> Int32 {
  always { () throws(TangentError) in try HandleTable.shared.remove(observable, kind: .observable) }
}
