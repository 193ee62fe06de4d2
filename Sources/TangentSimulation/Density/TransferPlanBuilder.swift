import Glibc
import TangentCircuits
import TangentNumerics

/// Compiles elementary operations, channels among them, into passes over Pauli expectations.
///
/// On every qubit rotations and channels wait in a run; behind the runs waits a map, which takes Clifford gates and mixtures
/// of Pauli strings for nothing. So a layer of rotations, damping, CZ gates and their depolarising is the runs and one map.
struct TransferPlanBuilder {
  let arena = Arena()
  private let n: Int
  private let space: VariableSpace
  private let cancel: CancelToken?
  private(set) var passes: [TransferPass] = []
  private(set) var slots: [AngleDraft] = []
  private(set) var runs: [QubitRun] = []

  // What waits, in the order of action.
  private var pending: [PendingRun]
  private(set) var map: [LocalMap] = []
  private var mapped = 0

  private var tables: [[LocalMap]: StringMap] = [:]
  private var transfers: [(unitary: ComplexMatrix, matrix: [Double])] = []

  init(register n: Int, _ space: VariableSpace, _ cancel: CancelToken?) {
    self.n = n
    self.space = space
    self.cancel = cancel
    pending = [PendingRun](repeating: PendingRun(), count: n)
  }

  /// All operations as passes, up to the map that is left in `map`.
  /// - Throws: `cancelled`, `numerical` if a generator's eigenvalues do not converge, `invalidArgument` for matrices on too
  ///   many qubits.
  mutating func build(_ operations: [ElementaryOperation]) throws(TangentError) {
    for operation in operations {
      try cancel?.check()
      switch operation {
      case .fixed(let matrix, let qubits): try add(unitary: matrix, qubits)
      case .channel(let channel, let qubits, _): try add(channel, qubits)
      case .evolution(.dense(let matrix, let qubits), let angle): try add(generator: matrix, qubits, angle)
      case .evolution(let generator, let angle):
        let terms = generator.paulis(register: n)
        if terms.allPairwiseCommuting {
          for term in terms { rotate(about: term.string, 2 * term.coefficient, angle) }
        } else {
          let support = terms.reduce(0) { $0 | $1.string.support }
          let sum = try Observable.sum(of: terms, register: n).restrictedToSupport
          try add(generator: sum.matrix(), Bits.qubits(of: support, register: n), angle)
        }
      }
    }
    emitRuns(on: Array(0..<n))
  }

  /// The map as a pass.
  func finalMap() -> StringMap? { map.isEmpty ? nil : table() }

  private func table() -> StringMap {
    if let known = tables[map] { return known }
    let (source, factor) = LocalMap.table(map, register: n)
    return StringMap(source: arena.copy(source), factor: arena.copy(factor), size: 1 << (2 * n))
  }

  // MARK: Operations

  private mutating func add(unitary matrix: ComplexMatrix, _ qubits: [Int]) throws(TangentError) {
    guard qubits.count <= Conjugation.mostQubits else {
      throw .invalid(
        "a unitary on \(qubits.count) qubits in a circuit with channels; \(Conjugation.mostQubits) are the limit, write it as gates"
      )
    }
    if qubits.count >= Conjugation.fewestQubits {
      let pass = Conjugation(matrix, qubits: qubits, register: n, arena: arena)
      return append(.conjugation(arena.copy([pass])), on: qubits)
    }
    if let known = transfers.first(where: { $0.unitary == matrix }) {
      return add(transfer: known.matrix, qubits)
    }
    let transfer = PauliDigits.transferMatrix([matrix])
    if qubits.count <= 2 { transfers.append((matrix, transfer)) }
    add(transfer: transfer, qubits)
  }

  private mutating func add(_ channel: Channel, _ qubits: [Int]) throws(TangentError) {
    if channel.factor(of: .identity) != nil {
      let size = 1 << (2 * qubits.count)
      let factors = (0..<size).map { number in
        channel.factor(of: PauliDigits.string(number, qubitCount: qubits.count)) ?? 1
      }
      add(LocalMap(qubits: qubits, source: Array(0..<size), factor: factors))
    } else {
      add(transfer: try channel.transferMatrix(), qubits)
    }
  }

  private mutating func add(transfer matrix: [Double], _ qubits: [Int]) {
    if let map = LocalMap(matrix, qubits: qubits) {
      add(map)
    } else if qubits.count == 1 {
      appendToRun(.constant(matrix), qubits[0])
    } else {
      append(
        .matrix(arena.copy([TransferMatrix(matrix, qubits: qubits, register: n, arena: arena)])), on: qubits)
    }
  }

  /// exp(-i angle H) with H = V diag V^dagger, and diag a sum of Z strings.
  private mutating func add(
    generator matrix: ComplexMatrix, _ qubits: [Int], _ angle: Angle
  ) throws(TangentError) {
    let eigen = try HermitianEigen(matrix, cancel: cancel)
    try add(unitary: eigen.vectors.adjoint, qubits)
    let bits = qubits.map { n - 1 - $0 }
    let d = eigen.values.count
    for z in 1..<max(d, 1) {
      var sum = 0.0
      for (k, value) in eigen.values.enumerated() {
        sum += (k & z).nonzeroBitCount & 1 == 0 ? value : -value
      }
      guard sum != 0 else { continue }
      rotate(about: PauliString(x: 0, z: Bits.spread(QubitMask(z), to: bits)), 2 * sum / Double(d), angle)
    }
    try add(unitary: eigen.vectors, qubits)
  }

  /// exp(-i factor angle P/2)
  private mutating func rotate(about string: PauliString, _ factor: Double, _ angle: Angle) {
    guard string != .identity, factor != 0 else { return }
    let draft = AngleDraft(angle, coefficient: factor, isSpectral: false, space: space)
    let slot = slots.count
    slots.append(draft)
    let qubits = Bits.qubits(of: string.support, register: n)
    if qubits.count == 1 {
      let letter = string.x == 0 ? 3 : string.z == 0 ? 1 : 2
      appendToRun(.rotation(letter: letter, slot: slot), qubits[0])
    } else {
      let rotation = StringRotation(
        string, slot: slot, wantsGradient: draft.wantsGradient, register: n, arena: arena)
      append(.rotation(arena.copy([rotation])), on: qubits)
    }
  }

  // MARK: What waits

  private func isMapped(_ qubit: Int) -> Bool { mapped >> qubit & 1 == 1 }

  private mutating func appendToRun(_ step: PendingRun.Step, _ qubit: Int) {
    if isMapped(qubit) { flush() }
    pending[qubit].append(step)
  }

  /// A run that is nothing but such maps goes into the map too.
  private mutating func add(_ own: LocalMap) {
    if own.qubits.count == 1, !isMapped(own.qubits[0]), !pending[own.qubits[0]].isEmpty {
      pending[own.qubits[0]].append(.constant(own.matrix))
      return
    }
    for qubit in own.qubits where !isMapped(qubit) {
      if let constant = pending[qubit].constant, let early = LocalMap(constant, qubits: [qubit]) {
        map.append(early)
        pending[qubit] = PendingRun()
      }
    }
    map.append(own)
    mapped = own.qubits.reduce(mapped) { $0 | 1 << $1 }
  }

  private mutating func append(_ pass: TransferPass, on qubits: [Int]) {
    if qubits.contains(where: isMapped) { flush() }
    emitRuns(on: qubits)
    passes.append(pass)
  }

  /// The map, and the runs before it.
  private mutating func flush() {
    emitRuns(on: (0..<n).filter(isMapped))
    let pass = table()
    tables[map] = pass
    passes.append(.map(pass))
    (map, mapped) = ([], 0)
  }

  /// The runs that wait on these qubits, up to four in a pass.
  private mutating func emitRuns(on qubits: [Int]) {
    let waiting = qubits.filter { !pending[$0].isEmpty }.sorted()
    let groups = (waiting.count + RunGroup.mostQubits - 1) / RunGroup.mostQubits
    for group in 0..<groups {
      let own = Array(
        waiting[waiting.count * group / groups..<waiting.count * (group + 1) / groups])
      let first = runs.count
      for qubit in own {
        runs.append(pending[qubit].run(number: runs.count, slots: slots, arena: arena))
        pending[qubit] = PendingRun()
      }
      passes.append(
        .runs(arena.copy([RunGroup(Array(runs[first...]), qubits: own, register: n, arena: arena)])))
    }
  }
}

extension LocalMap {
  /// The transfer matrix.
  fileprivate var matrix: [Double] {
    let size = source.count
    var result = [Double](repeating: 0, count: size * size)
    for row in 0..<size { result[row * size + source[row]] = factor[row] }
    return result
  }
}
