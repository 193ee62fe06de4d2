extension RecurrentKernel {
  private static let rowsPerTask = 32

  /// Pairs whose steps are compared from their ends on: readouts of the last step, and of all steps one by one.
  func fillAligned<Activation: LaneActivation>(
    _ matrix: KernelMatrix, _ kind: KernelKind, _ work: KernelWork, _: Activation.Type
  ) {
    let octets = stride(from: 0, to: columns.count, by: Octet.count).map {
      columnOrder[$0..<min($0 + Octet.count, columns.count)]
    }
    // Rows of one set in the columns' order: an octet meets those up to its own last.
    let rowOrder = isSymmetric ? columnOrder : Array(0..<rows.count)
    let ends = octets.map { isSymmetric ? $0.endIndex : rows.count }
    let tasks = KernelTask.covering(rowCounts: ends, rowsEach: RecurrentKernel.rowsPerTask)
    let steps = RecurrentKernel.rowsPerTask * columns.longest * network.layers
    work.share(tasks, nanosecondsEach: steps * 30, scratchOctets: scratchOctets) { task, scratch in
      let octet = SequenceOctet(
        octets[task.unit], of: columns, columnVariances, layers: network.layers)
      let recursion = PairRecursion<Activation>(network, state: scratch)
      for position in task.rows {
        let row = rowOrder[position]
        let found = pooled(row, octet, recursion, kind)
        for (lane, column) in octet.members.enumerated() {
          if isSymmetric, octet.members.startIndex + lane < position { continue }
          let value = isSymmetric && row == column ? selfValue(row, kind) : found[lane]
          matrix.set(row, column, value / pooledSteps(row, column))
        }
      }
    }
  }

  /// The readouts' kernel of one row with eight columns, before it is divided by the number of steps.
  private func pooled<Activation: LaneActivation>(
    _ row: Int, _ octet: SequenceOctet, _ recursion: PairRecursion<Activation>, _ kind: KernelKind
  ) -> Octet {
    let (length, dimension) = (rows.lengths[row], rows.dimension)
    let begin = max(0, octet.steps - length)
    recursion.begin(initial: initialCovariance(length, octet))
    let slopeFactor = Octet(kind == .tangent ? 1 : 0)
    let inputScale = Octet(network.sigmaU * network.sigmaU / Double(dimension))
    let b2 = Octet(network.sigmaB * network.sigmaB)
    let sums = network.pooling == .meanUntied
    var total = Octet(0)
    rows.values.withUnsafeBufferPointer { values in
      rowVariances.amplitudes.withUnsafeBufferPointer { rowAmplitudes in
        rowVariances.inverses.withUnsafeBufferPointer { rowInverses in
          octet.inputs.withUnsafeBufferPointer { inputs in
            octet.amplitudes.withUnsafeBufferPointer { amplitudes in
              octet.inverses.withUnsafeBufferPointer { inverses in
                let start = rowVariances.starts[row]
                let rowTable = TableEntry(
                  amplitudes: rowAmplitudes.baseAddress! + start, inverses: rowInverses.baseAddress! + start,
                  layerStride: length)
                let table = TableEntry(
                  amplitudes: amplitudes.baseAddress!, inverses: inverses.baseAddress!,
                  layerStride: octet.steps * Octet.count)
                let x = values.baseAddress! + rows.starts[row]
                for place in begin..<octet.steps {
                  let t = place &- octet.steps &+ length
                  var product = Octet(0)
                  for k in 0..<dimension {
                    product = Octet.fma(
                      Octet(x[t &* dimension &+ k]),
                      Octet(at: inputs.baseAddress! + (place &* dimension &+ k) &* Octet.count), product)
                  }
                  let found = recursion.advance(
                    input: Octet.fma(product, inputScale, b2), row: rowTable.at(t),
                    column: table.at(place &* Octet.count))
                  let seen = Octet.fma(found.slope, slopeFactor, found.value)
                  total = sums ? total + seen : seen
                }
              }
            }
          }
        }
      }
    }
    return total
  }

  /// Initial states agree where all share one, in sequences that begin together.
  private func initialCovariance(_ length: Int, _ octet: SequenceOctet) -> Octet {
    var result = Octet(0)
    guard network.initialState == .shared else { return result }
    for (lane, other) in octet.lengths.enumerated() where other == length {
      result.set(lane, network.sigmaH * network.sigmaH)
    }
    return result
  }
}
