import TangentNumerics

extension CircuitFormat {
  /// - Throws: `corruptedFile` for damaged bytes, `invalidArgument` for values no circuit may have.
  public static func decodeCircuit(_ bytes: [UInt8]) throws(TangentError) -> Circuit {
    var reader = ByteReader(bytes)
    let tag = try expect(
      [circuitTag, namedCircuitTag, configuredCircuitTag, noisyCircuitTag], "the mark of a circuit", &reader)
    let keys = tag == configuredCircuitTag || tag == noisyCircuitTag ? try readKeys(&reader) : []
    var circuit = try Circuit(qubitCount: Int(reader.read(Int64.self, "the number of qubits")))
    for _ in 0..<(try reader.readCount(elementSize: 17, "the instructions")) {
      try readInstruction(into: &circuit, keys, &reader)
    }
    guard circuit.configurationKeys == keys else {
      throw TangentError(.corruptedFile, "configuration keys \(keys), used are \(circuit.configurationKeys)")
    }
    if tag != circuitTag {
      try circuit.setNames(readNames(.parameter, count: circuit.parameterCount, &reader))
      try circuit.setNames(readNames(.feature, count: circuit.featureCount, &reader))
    }
    try reader.finish()
    return circuit
  }

  /// - Throws: `corruptedFile` for damaged bytes, `invalidArgument` for values no observable may have.
  public static func decodeObservable(_ bytes: [UInt8]) throws(TangentError) -> Observable {
    var reader = ByteReader(bytes)
    _ = try expect([observableTag], "the mark of an observable", &reader)
    let observable = try readObservable(&reader)
    try reader.finish()
    return observable
  }

  static func expect(
    _ tags: [UInt32], _ name: String, _ reader: inout ByteReader
  ) throws(TangentError) -> UInt32 {
    let found = try reader.read(UInt32.self, name)
    guard tags.contains(found) else {
      let versions = tags.map { "\($0 & 0xFF)" }.joined(separator: " or ")
      throw TangentError(
        .corruptedFile, "expected \(name), version \(versions), found 0x\(String(found, radix: 16))")
    }
    return found
  }

  private static func readKeys(_ reader: inout ByteReader) throws(TangentError) -> [String] {
    var keys: [String] = []
    for _ in 0..<(try reader.readCount(elementSize: 8, "the configuration keys")) {
      keys.append(try reader.readString("a configuration key"))
    }
    return keys
  }

  private static func readNames(
    _ kind: Names.Kind, count: Int, _ reader: inout ByteReader
  ) throws(TangentError) -> Names {
    var names = Names(kind)
    for _ in 0..<(try reader.readCount(elementSize: 16, "the names")) {
      let index = Int(try reader.read(Int64.self, "the index of a name"))
      let name = try reader.readString("a name")
      guard (0..<count).contains(index) else {
        throw TangentError(.corruptedFile, "a name of \(kind) \(index), the circuit has \(count)")
      }
      try names.give(name, to: index)
    }
    return names
  }

  private static func readInstruction(
    into circuit: inout Circuit, _ keys: [String], _ reader: inout ByteReader
  ) throws(TangentError) {
    let kind = try reader.read(UInt8.self, "the kind of an instruction")
    switch kind {
    case 0:
      let number = try reader.read(UInt32.self, "the number of a gate")
      guard number < Gate.allCases.count else {
        throw TangentError(.corruptedFile, "gate number \(number); this version knows \(Gate.allCases.count)")
      }
      let qubits = try reader.readInts("the qubits")
      try circuit.append(Gate.allCases[Int(number)], qubits: qubits, angles: readAngles(keys, &reader))
    case 1:
      let letters = try reader.readString("the Pauli letters")
      let qubits = try reader.readInts("the qubits")
      try circuit.appendRotation(readOneAngle(keys, &reader), pauli: letters, qubits: qubits)
    case 2:
      let generator = try readObservable(&reader)
      let qubits = try reader.readInts("the qubits")
      try circuit.appendEvolution(readOneAngle(keys, &reader), generator: generator, qubits: qubits)
    case 3:
      let matrix = try readMatrix(&reader)
      let qubits = try reader.readInts("the qubits")
      _ = try readAngles(keys, &reader)
      try circuit.appendUnitary(matrix, qubits: qubits)
    case 4:
      let channel = try readChannel(&reader)
      let qubits = try reader.readInts("the qubits")
      _ = try readAngles(keys, &reader)
      try circuit.appendChannel(channel, qubits: qubits)
    default: throw TangentError(.corruptedFile, "instruction kind \(kind); this version knows 0 to 4")
    }
  }

  private static func readOneAngle(
    _ keys: [String], _ reader: inout ByteReader
  ) throws(TangentError) -> Angle {
    let angles = try readAngles(keys, &reader)
    guard angles.count == 1 else {
      throw TangentError(.corruptedFile, "\(angles.count) angles where one belongs")
    }
    return angles[0]
  }

  private static func readAngles(
    _ keys: [String], _ reader: inout ByteReader
  ) throws(TangentError) -> [Angle] {
    var angles: [Angle] = []
    for _ in 0..<(try reader.readCount(elementSize: 16, "the angles")) {
      var angle = Angle(constant: try reader.readDouble("an angle's constant"))
      for _ in 0..<(try reader.readCount(elementSize: 25, "an angle's terms")) {
        let kind = try reader.read(UInt8.self, "the kind of an angle's term")
        let first = Int(try reader.read(Int64.self, "an index"))
        let second = Int(try reader.read(Int64.self, "an index"))
        let coefficient = try reader.readDouble("a coefficient")
        let factor: Angle.Factor
        switch kind {
        case 4 where keys.indices.contains(first):
          angle.configuration.append(Angle.ConfigurationTerm(coefficient, keys[first]))
          continue
        case 0: factor = .parameter(first)
        case 1: factor = .feature(first)
        case 2: factor = .parameterFeature(first, second)
        case 3: factor = .featureFeature(first, second)
        default:
          throw TangentError(
            .corruptedFile,
            "angle term kind \(kind) with index \(first); this version knows 0 to 3, and 4 for \(keys.count) keys"
          )
        }
        angle.terms.append(Angle.Term(coefficient, factor))
      }
      angles.append(angle)
    }
    return angles
  }

  static func readMatrix(_ reader: inout ByteReader) throws(TangentError) -> ComplexMatrix {
    let rows = Int(try reader.read(Int64.self, "the rows of a matrix"))
    let re = try reader.readDoubles("the real parts")
    let im = try reader.readDoubles("the imaginary parts")
    let size = rows.multipliedReportingOverflow(by: rows)
    guard rows >= 1, !size.overflow, re.count == size.partialValue, im.count == re.count else {
      throw TangentError(
        .corruptedFile, "a matrix of \(rows) rows with \(re.count) real and \(im.count) imaginary parts")
    }
    return ComplexMatrix(rows: rows, columns: rows, re: re, im: im)
  }

  static func readObservable(_ reader: inout ByteReader) throws(TangentError) -> Observable {
    let n = Int(try reader.read(Int64.self, "the number of qubits"))
    let empty = try Observable(qubitCount: n)
    let beyond: QubitMask = ~Bits.mask(of: 0..<n)
    var parts: [Observable] = [empty]
    var coefficients = [1.0]
    for _ in 0..<(try reader.readCount(elementSize: 24, "the Pauli terms")) {
      coefficients.append(try reader.readDouble("a coefficient"))
      let string = PauliString(
        x: try readMask(register: n, "a mask", &reader), z: try readMask(register: n, "a mask", &reader))
      guard string.support & beyond == 0 else {
        throw TangentError(.corruptedFile, "a Pauli string reaches beyond the \(n) qubits of its observable")
      }
      parts.append(
        Observable(qubitCount: n, paulis: [PauliTerm(1, string)], projectors: [], dense: nil))
    }
    for _ in 0..<(try reader.readCount(elementSize: 16, "the projectors")) {
      coefficients.append(try reader.readDouble("a coefficient"))
      let index = try readMask(register: n, "a basis state", &reader)
      guard index & beyond == 0 else {
        throw TangentError(.corruptedFile, "basis state \(index) on \(n) qubits")
      }
      parts.append(
        Observable(
          qubitCount: n, paulis: [], projectors: [.init(coefficient: 1, index: index)], dense: nil))
    }
    if try reader.readBool("whether a dense part follows") {
      let matrix = try Observable.hermitian(readMatrix(&reader))
      guard matrix.qubitCount == n else {
        throw TangentError(
          .corruptedFile, "a dense part on \(matrix.qubitCount) qubits in an observable on \(n)")
      }
      parts.append(matrix)
      coefficients.append(1)
    }
    return try Observable.combination(parts, coefficients: coefficients)
  }

  private static func readMask(
    register n: Int, _ expected: String, _ reader: inout ByteReader
  ) throws(TangentError) -> QubitMask {
    if n > 64 { return try reader.read(QubitMask.self, expected) }
    return QubitMask(try reader.read(UInt64.self, expected))
  }
}
