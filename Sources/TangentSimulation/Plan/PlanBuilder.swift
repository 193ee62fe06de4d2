import TangentCircuits
import TangentNumerics

/// Compiles elementary operations into passes.
///
/// Diagonal operations wait in a pending run until something mixes one of their qubits; what does not touch their qubits
/// commutes and goes before them. So a layer of rotations and CZ gates becomes its mixing passes and one diagonal pass.
/// Behind them waits a permutation of basis states (CX and the like), which diagonal operations and rotations pass as
/// long as they stay as simple as they were; both are carried out in one walk.
struct PlanBuilder {
  let arena: Arena
  private let placement: Placement
  private let space: VariableSpace
  private let cancel: CancelToken?
  private var passes: [Draft] = []
  private(set) var slots: [AngleDraft] = []
  /// What every slot's angle owes to bits outside the amplitude index.
  private(set) var conditions: [OutsideCondition] = []
  /// Of the slots with derivatives, by step.
  private(set) var generators: [SlotGenerator] = []
  private(set) var tableSize = 0
  private(set) var laneTableSize = 0
  private(set) var denseScratch = 0
  private(set) var foldSums = 0
  /// Lanes for the operators that channels choose.
  private(set) var jumpSize = 0

  // What waits, in the order of action.
  private var rotations = PendingRotations()
  private var diagonal = PendingDiagonal()
  private var permutation: PendingPermutation

  private var fixedTables: [(key: [PendingDiagonal.Fixed], table: UnsafePointer<Double>)] = []
  private var permutationPasses: [(key: [PendingPermutation.Factor], pass: PermutationPass?)] = []

  init(_ placement: Placement, _ space: VariableSpace, _ precision: Precision, _ cancel: CancelToken?) {
    self.placement = placement
    self.space = space
    self.cancel = cancel
    arena = Arena(precision)
    permutation = PendingPermutation(indexBits: placement.indexBits)
  }

  /// The operations as passes. Operations that mix basis states lie within the amplitude index.
  /// - Throws: `cancelled`, `numerical` if a generator's eigenvalues do not converge.
  mutating func build(_ operations: [ElementaryOperation]) throws(TangentError) -> [Pass] {
    let decomposition = ShannonDecomposition(register: placement.register, cancel: cancel)
    for operation in try decomposition.apply(to: operations) {
      try cancel?.check()
      switch operation {
      case .fixed(let matrix, let qubits): add(fixed: matrix, qubits: qubits)
      case .evolution(.paulis(let terms, let controls), let angle):
        try add(paulis: terms, controls: controls, angle: angle)
      case .evolution(.dense(let matrix, let qubits), let angle):
        try add(generator: matrix, qubits: qubits, angle: angle)
      case .channel(let channel, let qubits, let draw?):
        try add(jumpOf: channel, qubits: qubits, draw: draw)
      case .channel(let channel, let qubits, nil):
        throw .invalid(
          "\(channel.label) on qubits \(qubits) is a channel, behind which there are no state vectors; predictions, Jacobians, tangent kernels, losses and trainings are possible with channels, for everything else take the circuit without them"
        )
      }
    }
    flush()
    emitRotations()
    deferCosines()
    let result = finished()
    try cancel?.check()
    return result
  }

  /// The drafts as passes; those that pack a matrix on all threads.
  private func finished() -> [Pass] {
    var result = [Pass?](repeating: nil, count: passes.count)
    let dense = passes.indices.filter { if case .dense = passes[$0] { true } else { false } }
    result.withUnsafeMutableBufferPointer { result in
      nonisolated(unsafe) let result = result
      ThreadPool.current.run(tasks: dense.count, workers: ThreadPool.current.threadCount) { task, _ in
        if let cancel, cancel.isCancelled { return }
        result[dense[task]] = pass(of: passes[dense[task]])
      }
    }
    if let cancel, cancel.isCancelled { return [] }
    return passes.indices.map { result[$0] ?? pass(of: passes[$0]) }
  }

  private func pass(of draft: Draft) -> Pass {
    switch draft {
    case .rotations(let pass): .rotations(arena.copy([pass]))
    case .diagonal(let pass): .diagonal(arena.copy([pass]))
    case .dense(let draft): draft.pass(placement, arena: arena)
    case .permutation(let pass): .permutation(arena.copy([pass]))
    case .jump(let pass): .jump(arena.copy([pass]))
    }
  }

  /// A pass that may still change. Boxed: else the case stands in the highest bits of a word whose others are undefined, and
  /// the comparison of the whole word, though right, is what memory checkers take for a fault.
  private indirect enum Draft {
    case rotations(RotationsPass)
    case diagonal(DiagonalPass)
    case dense(DenseDraft)
    case permutation(PermutationPass)
    case jump(JumpPass)
  }

  /// Hands the cosines of grouped rotations to the next diagonal pass, whose table takes them for nothing. The last
  /// pass of a plan gets none, since observables that are diagonal leave it out.
  private mutating func deferCosines() {
    var waiting: [(pass: Int, slots: [Int])] = []
    for k in passes.indices {
      switch passes[k] {
      case .rotations(let pass): waiting.append((k, pass.groupedSlots))
      case .diagonal(var pass) where k < passes.count - 1:
        var taken: [Int] = []
        for (position, slots) in waiting where taken.count + slots.count <= Scaling.mostDeferred {
          // One number serves all lanes of this table, so cosines of a lane's own do not fit in.
          guard pass.variesByLane || !slots.contains(where: variesByLane),
            case .rotations(var rotations) = passes[position]
          else { continue }
          rotations.defersCosines = true
          passes[position] = .rotations(rotations)
          taken += slots
        }
        waiting = []
        pass.take(
          cosinesOf: taken, dependingOnFeatures: taken.contains { slots[$0].dependsOnFeatures }, arena: arena)
        passes[k] = .diagonal(pass)
      case .jump: waiting = []
      default: break
      }
    }
  }

  // MARK: Fixed unitaries

  private mutating func add(fixed matrix: ComplexMatrix, qubits: [Int]) {
    let outside = placement.split(placement.mask(ofQubits: qubits)).outside
    if matrix.isDiagonal, outside != 0 {
      add(phases: matrix.diagonal, qubits: qubits)
      return
    }
    if outside != 0 {
      // The whole register with its last bit outside in the lanes.
      addDense(matrix, qubits: qubits, splitBit: outside)
      return
    }
    let bits = placement.bits(ofQubits: qubits)
    if let monomial = Monomial(matrix) {
      if !matrix.isDiagonal { permutation.append(.init(image: monomial.image, bits: bits)) }
      if !monomial.isPermutation { add(diagonal: monomial.phases, bits: bits) }
      return
    }
    addDense(matrix, qubits: qubits, splitBit: nil)
  }

  /// - Parameter splitBit: the register bit in the lanes, as a mask, if the matrix mixes it.
  private mutating func addDense(_ matrix: ComplexMatrix, qubits: [Int], splitBit: Int?) {
    // What waits may depend on the split bit, without touching any bit inside.
    flush(ifTouching: splitBit != nil ? -1 : placement.split(placement.mask(ofQubits: qubits)).inside)
    emitRotations()
    let local = splitBit.map { split in
      Bits.gathered(split, at: qubits.map { placement.register - 1 - $0 })
    }
    let draft = DenseDraft(matrix, qubits: qubits, isSplit: splitBit != nil)
    denseScratch = max(denseScratch, 2 * matrix.rows)
    if case .dense(let last) = passes.last, let joint = draft.joined(after: last, differingIn: local) {
      passes[passes.count - 1] = .dense(joint)
    } else {
      emit(.dense(draft))
    }
  }

  private mutating func add(diagonal entries: [(re: Double, im: Double)], bits: [Int]) {
    var masks = bits.compactMap { permutation.pullBack(mask: 1 << $0) }
    if masks.count < bits.count {
      flush()
      masks = bits.map { (1 << $0, false) }
    }
    diagonal.fixed.append(.init(diagonal: entries, masks: masks))
  }

  /// A diagonal gate that reaches outside, as Z strings: phi = sum_S a_S (-1)^(bits in S), so exp(i a_S Z_S) each.
  private mutating func add(phases: [(re: Double, im: Double)], qubits: [Int]) {
    let size = phases.count
    for subset in 0..<size {
      let share = (0..<size).reduce(0.0) { sum, index in
        let phase = atan2(phases[index].im, phases[index].re)
        return sum + ((index & subset).nonzeroBitCount & 1 == 0 ? phase : -phase)
      }
      guard share != 0 else { continue }
      let members = qubits.enumerated().filter { subset >> (qubits.count - 1 - $0.offset) & 1 == 1 }
      add(
        zString: placement.mask(ofQubits: members.map(\.element)), Angle(constant: -share / Double(size)), 1)
    }
  }

  private mutating func add(
    jumpOf channel: Channel, qubits: [Int], draw: Int
  ) throws(TangentError) {
    flush(ifTouching: placement.split(placement.mask(ofQubits: qubits)).inside)
    let pass = try JumpPass(
      channel, bits: placement.bits(ofQubits: qubits), indexBits: placement.indexBits,
      draw: space.indices(.feature(draw))[0], place: jumpSize, arena: arena)
    jumpSize += pass.operatorSize
    emit(.jump(pass))
  }

  // MARK: Evolutions

  private mutating func add(paulis terms: [PauliTerm], controls: QubitMask, angle: Angle) throws(TangentError)
  {
    guard terms.allPairwiseCommuting else {
      let support = terms.reduce(0) { $0 | $1.string.support }
      let n = placement.register
      let qubits = Bits.qubits(of: support, register: n)
      let sum = try Observable.sum(of: terms, register: n).restrictedToSupport
      try add(generator: sum.matrix(), qubits: qubits, angle: angle)
      return
    }
    for term in terms {
      if term.string.isDiagonal {
        // |1><1| on the controls, written as products of (1 - Z)/2.
        for (sign, subset) in subsets(of: Int(controls)) {
          let share = sign * term.coefficient / Double(1 << controls.nonzeroBitCount)
          add(zString: Int(term.string.z) ^ subset, angle, share)
        }
      } else {
        let (z, outsideZ) = placement.split(Int(term.string.z))
        let (ownControls, outsideControls) = placement.split(Int(controls))
        add(
          PendingRotations.Rotation(
            slot: 0, x: placement.split(Int(term.string.x)).inside, z: z, controls: ownControls,
            lanes: placement.laneString(term.string, controls: controls)),
          OutsideCondition(signs: outsideZ, controls: outsideControls), angle, term.coefficient)
      }
    }
  }

  private mutating func add(
    _ rotation: PendingRotations.Rotation, _ condition: OutsideCondition, _ angle: Angle,
    _ coefficient: Double
  ) {
    var (rotation, coefficient) = (rotation, coefficient)
    let lanes = rotation.lanes
    if let early = permutation.pullBack(rotation), early.rotation.support & diagonal.support == 0,
      lanes.x & diagonalLanes == 0
    {
      rotation = early.rotation
      rotation.lanes = lanes
      if early.isNegative { coefficient.negate() }
    } else {
      flush()
    }
    if !rotations.admits(rotation) { emitRotations() }
    if let known = rotations.known(rotation, where: { conditions[$0] == condition }) {
      slots[known].add(angle, coefficient: coefficient, limit: AngleDraft.limitOfRotations, space: space)
    } else {
      rotation.slot = slot(angle, coefficient, condition: condition)
      rotations.append(rotation)
    }
  }

  /// exp(-i coefficient angle Z_mask), the mask one of the register.
  private mutating func add(zString mask: Int, _ angle: Angle, _ coefficient: Double) {
    var (inside, outside) = placement.split(mask)
    var coefficient = coefficient
    if let early = permutation.pullBack(mask: inside) {
      inside = early.mask
      if early.isNegative { coefficient.negate() }
    } else {
      flush()
    }
    let condition = OutsideCondition(signs: outside)
    let known = diagonal.masks.first { $0.mask == inside && conditions[$0.slot] == condition }
    if let known {
      let limit = mask == 0 ? AngleDraft.limitOfPhases : AngleDraft.limitOfRotations
      slots[known.slot].add(angle, coefficient: coefficient, limit: limit, space: space)
    } else {
      diagonal.masks.append(
        .init(slot: slot(angle, coefficient, condition: condition), mask: inside))
    }
  }

  /// exp(-i a H) = V exp(-i a E) V^dagger
  private mutating func add(generator: ComplexMatrix, qubits: [Int], angle: Angle) throws(TangentError) {
    let slot = slot(angle, 1, isSpectral: true)
    let bits = placement.bits(ofQubits: qubits)
    if generator.isDiagonal {
      add(spectrum: .init(slot: slot, eigenvalues: generator.diagonal.map(\.re), bits: bits))
      return
    }
    let eigen = try HermitianEigen(generator, cancel: cancel)
    add(fixed: eigen.vectors.adjoint, qubits: qubits)
    add(spectrum: .init(slot: slot, eigenvalues: eigen.values, bits: bits))
    add(fixed: eigen.vectors, qubits: qubits)
  }

  private mutating func add(spectrum: PendingDiagonal.Spectrum) {
    let isKept = spectrum.bits.allSatisfy {
      if let (mask, isNegative) = permutation.pullBack(mask: 1 << $0) {
        mask == 1 << $0 && !isNegative
      } else {
        false
      }
    }
    if !isKept { flush() }
    diagonal.spectra.append(spectrum)
  }

  /// The lanes that what waits as diagonal turns by their sign.
  private var diagonalLanes: Int {
    diagonal.masks.reduce(0) { $0 | conditions[$1.slot].signs } & placement.lanes
  }

  // MARK: Emitting

  /// Rotations come before whatever else is emitted.
  private mutating func emit(_ pass: Draft) {
    emitRotations()
    passes.append(pass)
  }

  private mutating func emitRotations() {
    guard !rotations.isEmpty else { return }
    let trained = rotations.rotations.filter { slots[$0.slot].wantsGradient }
    passes.append(
      .rotations(
        rotations.pass(wantsGradient: !trained.isEmpty, amplitudes: placement.amplitudes, arena: arena)))
    generators += trained.map { SlotGenerator($0, step: passes.count - 1) }
    rotations = PendingRotations()
  }

  /// Carries out what waits behind the rotations, if an operation on these bits does not commute with it.
  private mutating func flush(ifTouching mask: Int = -1) {
    guard (diagonal.support | permutation.support) & mask != 0 || mask == -1 else { return }
    let pass = permutationPass()
    permutation = PendingPermutation(indexBits: placement.indexBits)
    guard !diagonal.isEmpty else {
      if let pass { emit(.permutation(pass)) }
      return
    }
    emit(diagonal, with: pass)
    diagonal = PendingDiagonal()
  }

  private mutating func emit(_ diagonal: PendingDiagonal, with permutation: PermutationPass?) {
    let pass = diagonal.pass(
      slots: slots, conditions: conditions, indexBits: placement.indexBits,
      fixed: fixedTable(diagonal.fixed), permutation: permutation, variesByLane: variesByLane,
      tableOffset: tableSize, laneTableOffset: laneTableSize, arena: arena)
    tableSize += 2 * placement.amplitudes
    laneTableSize += pass.variesByLane ? 2 * placement.amplitudes : 0
    foldSums = max(foldSums, pass.fold.maskCount)
    denseScratch = max(denseScratch, 2 * (diagonal.spectra.map(\.eigenvalues.count).max() ?? 0))
    emit(.diagonal(pass))
    generators += SlotGenerator.all(of: pass, step: passes.count - 1, slots: slots)
  }

  /// Whether a slot's angle differs between lanes that share their parameters: samples of a block have features of their
  /// own, lanes of a tile bits outside of it.
  private func variesByLane(_ slot: Int) -> Bool {
    placement.lanes == 0 ? slots[slot].dependsOnFeatures : conditions[slot].depends(on: placement.lanes)
  }

  /// Equal runs of permutations share their tables as well; nil for the identity.
  private mutating func permutationPass() -> PermutationPass? {
    let key = permutation.factors
    if let known = permutationPasses.first(where: { $0.key == key }) { return known.pass }
    let image = permutation.image()
    let isIdentity = image.enumerated().allSatisfy { $0.offset == $0.element }
    let pass = isIdentity ? nil : PermutationPass(image: image, arena: arena)
    permutationPasses.append((key, pass))
    return pass
  }

  /// Equal runs of fixed gates share one table: every layer of a hardware-efficient ansatz has the same CZ gates.
  private mutating func fixedTable(_ fixed: [PendingDiagonal.Fixed]) -> UnsafePointer<Double>? {
    if fixed.isEmpty { return nil }
    if let known = fixedTables.first(where: { $0.key == fixed }) { return known.table }
    let table = arena.copy(PendingDiagonal.table(fixed, indexBits: placement.indexBits))
    fixedTables.append((fixed, table))
    return table
  }

  private mutating func slot(
    _ angle: Angle, _ coefficient: Double, isSpectral: Bool = false, condition: OutsideCondition = .none
  ) -> Int {
    conditions.append(condition)
    slots.append(AngleDraft(angle, coefficient: coefficient, isSpectral: isSpectral, space: space))
    return slots.count - 1
  }

  /// Every subset of a mask with the sign (-1)^(size).
  private func subsets(of mask: Int) -> [(sign: Double, mask: Int)] {
    var result = [(1.0, 0)]
    var rest = mask
    while rest != 0 {
      let bit = rest & -rest
      rest ^= bit
      result += result.map { (-$0.0, $0.1 | bit) }
    }
    return result
  }
}
