import TangentNumerics

/// A quantum circuit: instructions in time order on a register of qubits, with trainable parameters and data features.
///
/// Equal circuits have equal instructions; what their parameters and features are called does not matter.
public struct Circuit: Sendable, Equatable {
  public let qubitCount: Int
  public private(set) var instructions: [Instruction] = []
  /// One more than the largest parameter index, those with a coefficient of zero included.
  public private(set) var parameterCount = 0
  /// One more than the largest feature index, those with a coefficient of zero included.
  public private(set) var featureCount = 0
  public private(set) var parameterNames = Names(.parameter)
  public private(set) var featureNames = Names(.feature)
  /// What configurations may give numbers for, in the order of first use.
  public private(set) var configurationKeys: [String] = []

  /// Generators that need a dense eigenbasis stop here.
  public static let maximumDenseGeneratorQubits = 10

  /// How far a fixed unitary may be from unitary: max |U U^dagger - 1|.
  public static let unitarityTolerance = 1e-10

  public init(qubitCount: Int) throws(TangentError) {
    guard qubitCount >= 1, qubitCount <= Register.maximumQubits else {
      throw .invalid(
        "a circuit of \(qubitCount) qubits; between 1 and \(Register.maximumQubits) are possible")
    }
    self.qubitCount = qubitCount
  }

  /// Instructions taken from a valid circuit, with the numbers of parameters and features of that circuit.
  init(qubitCount: Int, instructions: [Instruction], parameterCount: Int, featureCount: Int) {
    self.qubitCount = qubitCount
    self.instructions = instructions
    self.parameterCount = parameterCount
    self.featureCount = featureCount
  }

  /// Appends a row of the gate table.
  public mutating func append(_ gate: Gate, qubits: [Int], angles: [Angle] = []) throws(TangentError) {
    let definition = gate.definition
    guard qubits.count == definition.qubitCount else {
      throw .invalid("\(gate.rawValue) acts on \(definition.qubitCount) qubits, \(qubits.count) were given")
    }
    guard angles.count == definition.angleCount else {
      throw .invalid("\(gate.rawValue) takes \(definition.angleCount) angles, \(angles.count) were given")
    }
    try append(Instruction(operation: .gate(gate), qubits: qubits, angles: angles))
  }

  /// Appends exp(-i angle P/2), one Pauli letter a qubit.
  public mutating func appendRotation(_ angle: Angle, pauli: String, qubits: [Int]) throws(TangentError) {
    try validate(qubits: qubits, name: "rotation")
    _ = try PauliString(pauli, qubits: qubits, register: qubitCount)
    try append(Instruction(operation: .rotation(pauli), qubits: qubits, angles: [angle]))
  }

  /// Appends exp(-i angle H), H a Hermitian operator on `qubits` (its qubit k is qubits[k]).
  public mutating func appendEvolution(
    _ angle: Angle, generator: Observable, qubits: [Int]
  ) throws(TangentError) {
    guard generator.qubitCount == qubits.count else {
      throw .invalid("the generator acts on \(generator.qubitCount) qubits, \(qubits.count) were given")
    }
    try validate(generator: generator)
    try append(Instruction(operation: .evolution(generator), qubits: qubits, angles: [angle]))
  }

  /// Appends a fixed unitary on `qubits`, the first on the most significant index.
  public mutating func appendUnitary(
    _ matrix: ComplexMatrix, qubits: [Int], cancel: CancelToken? = nil
  ) throws(TangentError) {
    let n = try Observable.registerSize(ofDimension: matrix.rows, columns: matrix.columns)
    guard n == qubits.count else {
      throw .invalid(
        "the unitary is \(matrix.rows) x \(matrix.columns), which is \(n) qubits; \(qubits.count) qubits were given"
      )
    }
    guard matrix.isFinite else { throw .invalid("the unitary has entries that are NaN or infinite") }
    let square = matrix.multiplied(by: matrix.adjoint(cancel: cancel), cancel: cancel)
    try cancel?.check()
    let deviation = square.deviationFromIdentity
    guard deviation <= Circuit.unitarityTolerance else {
      throw .invalid(
        "the matrix is not unitary: U U^dagger differs from 1 by \(deviation), the tolerance is \(Circuit.unitarityTolerance)"
      )
    }
    try append(knownUnitary: matrix, qubits: qubits)
  }

  /// Appends a channel on as many qubits as it has.
  public mutating func appendChannel(_ channel: Channel, qubits: [Int]) throws(TangentError) {
    guard channel.qubitCount == qubits.count else {
      throw .invalid("\(channel.label) acts on \(channel.qubitCount) qubits, \(qubits.count) were given")
    }
    try append(Instruction(operation: .channel(channel), qubits: qubits, angles: []))
  }

  /// Appends a matrix that is unitary by its making and fits the qubits.
  mutating func append(knownUnitary matrix: ComplexMatrix, qubits: [Int]) throws(TangentError) {
    try append(Instruction(operation: .unitary(matrix), qubits: qubits, angles: []))
  }

  /// Appends another circuit on the same number of qubits; its parameters move past this circuit's unless shared. Names
  /// move along; a parameter's that is in use already goes on as "name_2".
  /// - Throws: `invalidArgument` for another number of qubits, and where what is shared has different names.
  public mutating func append(_ other: Circuit, sharingParameters: Bool = false) throws(TangentError) {
    guard other.qubitCount == qubitCount else {
      throw .invalid("a circuit on \(other.qubitCount) qubits cannot follow one on \(qubitCount) qubits")
    }
    let offset = sharingParameters ? 0 : parameterCount
    var result = self
    for instruction in other.instructions { try result.append(instruction.shiftingParameters(by: offset)) }
    if sharingParameters {
      try result.parameterNames.merge(other.parameterNames)
    } else {
      try result.parameterNames.append(other.parameterNames, offset: offset)
    }
    try result.featureNames.merge(other.featureNames)
    try result.requireKeysApartFromNames()
    self = result
  }

  /// The circuit that undoes this one, with the same parameters and features.
  /// - Throws: `invalidArgument` for a circuit with channels.
  public var inverse: Circuit {
    get throws(TangentError) {
      try requireUnitary(for: "an inverse")
      var result = self
      result.instructions = instructions.reversed().compactMap(\.inverse)
      result.configurationKeys = result.instructions.configurationKeys
      return result
    }
  }

  /// Names whose indices the circuit has.
  /// - Throws: `invalidArgument` for a name that is a configuration key.
  mutating func setNames(_ names: Names) throws(TangentError) {
    var result = self
    switch names.kind {
    case .parameter: result.parameterNames = names
    case .feature: result.featureNames = names
    }
    try result.requireKeysApartFromNames()
    self = result
  }

  public static func == (a: Circuit, b: Circuit) -> Bool {
    a.qubitCount == b.qubitCount && a.parameterCount == b.parameterCount && a.featureCount == b.featureCount
      && a.instructions == b.instructions
  }

  mutating func append(_ instruction: Instruction) throws(TangentError) {
    try validate(qubits: instruction.qubits, name: instruction.name)
    let instruction = Instruction(
      operation: instruction.operation, qubits: instruction.qubits, angles: instruction.angles.map(\.merged))
    for angle in instruction.angles { try angle.validate() }
    for key in [instruction].configurationKeys where !configurationKeys.contains(key) {
      try requireApartFromNames(key)
      configurationKeys.append(key)
    }
    for term in instruction.angles.flatMap(\.terms) {
      if let p = term.factor.parameterIndex { parameterCount = max(parameterCount, p + 1) }
      for f in term.factor.featureIndices { featureCount = max(featureCount, f + 1) }
    }
    instructions.append(instruction)
  }

  /// Commuting Pauli strings evolve one by one, on any number of qubits; anything else goes through its eigenbasis.
  private func validate(generator: Observable) throws(TangentError) {
    let size = generator.restrictedToSupport.qubitCount
    guard generator.isCommutingPauliSum || size <= Circuit.maximumDenseGeneratorQubits else {
      throw .invalid(
        "the generator acts on \(size) qubits and its terms do not commute; such generators are limited to \(Circuit.maximumDenseGeneratorQubits) qubits, so split it into commuting parts"
      )
    }
  }

  private func validate(qubits: [Int], name: String) throws(TangentError) {
    guard !qubits.isEmpty else { throw .invalid("\(name) needs at least one qubit") }
    for (position, qubit) in qubits.enumerated() {
      guard qubit >= 0, qubit < qubitCount else {
        throw .invalid("\(name) on qubit \(qubit), but the circuit has qubits 0 to \(qubitCount - 1)")
      }
      guard !qubits[..<position].contains(qubit) else {
        throw .invalid("\(name) names qubit \(qubit) twice; give different qubits")
      }
    }
  }
}
