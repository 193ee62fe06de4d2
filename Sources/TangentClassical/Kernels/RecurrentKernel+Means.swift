extension RecurrentKernel {
  private static let pairsPerTask = 8

  /// Readouts of the mean over all steps: every step of one sequence meets every step of the other. Lanes carry sixteen
  /// diagonals t - t', each of which is a recursion of its own.
  func fillMeans<Activation: LaneActivation>(
    _ matrix: KernelMatrix, _ kind: KernelKind, _ work: KernelWork, _: Activation.Type
  ) {
    let ends = columns.lengths.indices.map { isSymmetric ? $0 + 1 : rows.count }
    let tasks = KernelTask.covering(rowCounts: ends, rowsEach: RecurrentKernel.pairsPerTask)
    let each = RecurrentKernel.pairsPerTask * scratchSixteens * 30 * network.layers
    work.share(tasks, nanosecondsEach: each, scratchSixteens: scratchSixteens) { task, scratch in
      let padded = PaddedSequence(
        task.unit, of: columns, columnVariances, layers: network.layers)
      let recursion = PairRecursion<Activation>(network, state: scratch)
      let table = UnsafeMutableRawPointer(scratch + 2 * network.layers).assumingMemoryBound(to: Double.self)
      for row in task.rows {
        let isSelf = isSymmetric && row == task.unit
        fillInputs(table, row, padded, work)
        var sum = diagonals(row, padded, table, from: isSelf ? 1 : 1 - padded.length, recursion, kind, work)
        if isSelf { sum = selfValue(row, kind) + 2 * sum }
        matrix.set(row, task.unit, sum / pooledSteps(row, task.unit))
      }
    }
  }

  /// sigma_u^2 x_t.x'_s/m + sigma_b^2 for all steps: (length of the row, stride of the column).
  private func fillInputs(
    _ table: UnsafeMutablePointer<Double>, _ row: Int, _ column: PaddedSequence, _ work: KernelWork
  ) {
    let scale = Sixteen(network.sigmaU * network.sigmaU / Double(rows.dimension))
    let b2 = Sixteen(network.sigmaB * network.sigmaB)
    column.inputs.withUnsafeBufferPointer { inputs in
      for t in 0..<rows.lengths[row] {
        if work.isCancelled { return }
        let x = rows.step(t, of: row)
        for first in stride(from: 0, to: column.stride, by: Sixteen.count) {
          var product = Sixteen(0)
          for k in 0..<rows.dimension {
            product = Sixteen.fma(
              Sixteen(x[x.startIndex + k]), Sixteen(at: inputs.baseAddress! + (k * column.stride + first)),
              product)
          }
          let raw = UnsafeMutableRawPointer(table + (t * column.stride + first))
          raw.storeBytes(of: Sixteen.fma(product, scale, b2), as: Sixteen.self)
        }
      }
    }
  }

  /// The sum over the diagonals t - t' = first, first + 1, ... of a pair.
  private func diagonals<Activation: LaneActivation>(
    _ row: Int, _ column: PaddedSequence, _ table: UnsafePointer<Double>, from first: Int,
    _ recursion: PairRecursion<Activation>, _ kind: KernelKind, _ work: KernelWork
  ) -> Double {
    let length = rows.lengths[row]
    let slopeFactor = Sixteen(kind == .tangent ? 1 : 0)
    var total = Sixteen(0)
    rowVariances.amplitudes.withUnsafeBufferPointer { rowAmplitudes in
      rowVariances.inverses.withUnsafeBufferPointer { rowInverses in
        column.amplitudes.withUnsafeBufferPointer { amplitudes in
          column.inverses.withUnsafeBufferPointer { inverses in
            let start = rowVariances.starts[row]
            let rowTable = TableEntry(
              amplitudes: rowAmplitudes.baseAddress! + start, inverses: rowInverses.baseAddress! + start,
              layerStride: length)
            let columnTable = TableEntry(
              amplitudes: amplitudes.baseAddress!, inverses: inverses.baseAddress!,
              layerStride: column.stride)
            // Lane 15 has the diagonal `diagonal`, lane 0 the one fifteen further on.
            for diagonal in stride(from: first, to: length, by: Sixteen.count) {
              if work.isCancelled { return }
              recursion.begin(initial: initialCovariance(lane: diagonal + PaddedSequence.margin))
              let end = min(length, column.length + diagonal + PaddedSequence.margin)
              for t in max(0, diagonal)..<end {
                let found = recursion.advance(
                  input: Sixteen(at: table + (t &* column.stride &+ t &- diagonal)), row: rowTable.at(t),
                  column: columnTable.at(t &- diagonal))
                total = total + Sixteen.fma(found.slope, slopeFactor, found.value)
              }
            }
          }
        }
      }
    }
    return (0..<Sixteen.count).reduce(0) { $0 + total[$1] }
  }

  /// Initial states agree where all share one, on the diagonal of steps that are equally far from the beginning.
  private func initialCovariance(lane: Int) -> Sixteen {
    var result = Sixteen(0)
    if network.initialState == .shared, (0..<Sixteen.count).contains(lane) {
      result.set(lane, network.sigmaH * network.sigmaH)
    }
    return result
  }
}
