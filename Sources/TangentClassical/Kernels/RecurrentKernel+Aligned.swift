extension RecurrentKernel {
  private static let rowsPerTask = 32

  /// Pairs whose steps are compared from their ends on: readouts of the last step, and of all steps one by one.
  func fillAligned<Activation: LaneActivation>(
    _ matrix: KernelMatrix, _ kind: KernelKind, _ work: KernelWork, _: Activation.Type
  ) {
    let sixteens = stride(from: 0, to: columns.count, by: Sixteen.count).map {
      columnOrder[$0..<min($0 + Sixteen.count, columns.count)]
    }
    // Rows of one set in the columns' order: an sixteen meets those up to its own last.
    let rowOrder = isSymmetric ? columnOrder : Array(0..<rows.count)
    let ends = sixteens.map { isSymmetric ? $0.endIndex : rows.count }
    let tasks = KernelTask.covering(rowCounts: ends, rowsEach: RecurrentKernel.rowsPerTask)
    let steps = RecurrentKernel.rowsPerTask * columns.longest * network.layers
    work.share(tasks, nanosecondsEach: steps * 30, scratchSixteens: scratchSixteens) { task, scratch in
      let sixteen = SequenceSixteen(
        sixteens[task.unit], of: columns, columnVariances, layers: network.layers)
      let recursion = PairRecursion<Activation>(network, state: scratch)
      for position in task.rows {
        if work.isCancelled { return }
        let row = rowOrder[position]
        let found = pooled(row, sixteen, recursion, kind)
        for (lane, column) in sixteen.members.enumerated() {
          if isSymmetric, sixteen.members.startIndex + lane < position { continue }
          let value = isSymmetric && row == column ? selfValue(row, kind) : found[lane]
          matrix.set(row, column, value / pooledSteps(row, column))
        }
      }
    }
  }

  /// The readouts' kernel of one row with sixteen columns, before it is divided by the number of steps.
  private func pooled<Activation: LaneActivation>(
    _ row: Int, _ sixteen: SequenceSixteen, _ recursion: PairRecursion<Activation>, _ kind: KernelKind
  ) -> Sixteen {
    let (length, dimension) = (rows.lengths[row], rows.dimension)
    let begin = max(0, sixteen.steps - length)
    recursion.begin(initial: initialCovariance(length, sixteen))
    let slopeFactor = Sixteen(kind == .tangent ? 1 : 0)
    let inputScale = Sixteen(network.sigmaU * network.sigmaU / Double(dimension))
    let b2 = Sixteen(network.sigmaB * network.sigmaB)
    let sums = network.pooling == .meanUntied
    var total = Sixteen(0)
    rows.values.withUnsafeBufferPointer { values in
      rowVariances.amplitudes.withUnsafeBufferPointer { rowAmplitudes in
        rowVariances.inverses.withUnsafeBufferPointer { rowInverses in
          sixteen.inputs.withUnsafeBufferPointer { inputs in
            sixteen.amplitudes.withUnsafeBufferPointer { amplitudes in
              sixteen.inverses.withUnsafeBufferPointer { inverses in
                let start = rowVariances.starts[row]
                let rowTable = TableEntry(
                  amplitudes: rowAmplitudes.baseAddress! + start, inverses: rowInverses.baseAddress! + start,
                  layerStride: length)
                let table = TableEntry(
                  amplitudes: amplitudes.baseAddress!, inverses: inverses.baseAddress!,
                  layerStride: sixteen.steps * Sixteen.count)
                let x = values.baseAddress! + rows.starts[row]
                for place in begin..<sixteen.steps {
                  let t = place &- sixteen.steps &+ length
                  var product = Sixteen(0)
                  for k in 0..<dimension {
                    product = Sixteen.fma(
                      Sixteen(x[t &* dimension &+ k]),
                      Sixteen(at: inputs.baseAddress! + (place &* dimension &+ k) &* Sixteen.count), product)
                  }
                  let found = recursion.advance(
                    input: Sixteen.fma(product, inputScale, b2), row: rowTable.at(t),
                    column: table.at(place &* Sixteen.count))
                  let seen = Sixteen.fma(found.slope, slopeFactor, found.value)
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
  private func initialCovariance(_ length: Int, _ sixteen: SequenceSixteen) -> Sixteen {
    var result = Sixteen(0)
    guard network.initialState == .shared else { return result }
    for (lane, other) in sixteen.lengths.enumerated() where other == length {
      result.set(lane, network.sigmaH * network.sigmaH)
    }
    return result
  }
}
