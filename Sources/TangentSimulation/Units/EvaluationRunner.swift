import TangentNumerics

/// Computes units of a schedule on one worker. Conforming types bring samples through their circuit and back; what is
/// made of predictions and derivatives is the same for all and stands here.
///
/// The verbs come in this order, block by block of a unit:
///
///     forward, turn, predict(a) for every a                                     predictions alone
///     forward, turn, predict(0), backward                                       with the row of the only output
///     forward, turn, keepState, then for every a: restoreState (but for the
///       first), predict(a), backward                                            with the rows of several
///     forward, turn, predict(a) for every a, seed, backward                     with a weighted sum of several rows
///
/// `returns` says in the last three that a backward sweep follows: to `forward` and `turn` that there will be one, to
/// `predict` that the next one is this output's own.
protocol EvaluationRunner {
  /// Doubles, a pair of the unit in each.
  associatedtype Numbers: DoubleLanes

  var call: Call { get }
  var outputCount: Int { get }
  var space: VariableSpace { get }
  /// d yhat / d z, variable by variable, after `backward`; valid for the columns of `space`.
  var gradients: UnsafeMutablePointer<Numbers> { get }

  /// Loads states and angles and runs forward.
  func forward(_ items: Schedule.Items, block: Int, returns: Bool)
  /// Ends the way forward; with `returns` a runner may at once begin the way back of an only output.
  func turn(returns: Bool)
  /// The prediction of output a; with `returns` its observable's state is there for a backward sweep.
  func predict(_ a: Int, returns: Bool) -> Numbers
  /// Seeds a backward sweep with a weighted sum of the observables.
  func seed(weights: UnsafeMutableBufferPointer<Numbers>)
  /// Keeps the final state for another backward sweep, and brings it back.
  func keepState()
  func restoreState()
  func backward()
}

extension EvaluationRunner {
  var scale: Double { call.scale }
  var theta: ParameterSets { call.theta }
  var data: InputData { call.data }
  var schedule: Schedule { call.schedule }

  /// Nothing to do where `forward` goes to the end.
  func turn(returns: Bool) {}

  /// One gradient's entries for the variables that derivatives are taken for.
  var row: UnsafeMutableBufferPointer<Numbers> {
    UnsafeMutableBufferPointer(start: gradients + space.columns.lowerBound, count: space.columns.count)
  }

  /// Numbers of a Jacobian row as it is stored: features of the data that the circuit does not use keep a place.
  var rowWidth: Int {
    space.columns.count + (space.wrt.contains(.features) ? data.featureCount - space.featureCount : 0)
  }

  /// Predictions (positions, k) and, if asked, Jacobian rows (positions, k, width) of one unit.
  func evaluate(
    _ unit: Int, predictions: UnsafeMutablePointer<Double>, jacobian: UnsafeMutablePointer<Double>?
  ) {
    let items = schedule.items(unit)
    let (k, width) = (outputCount, rowWidth)
    for block in blocks(items) {
      forward(items, block: block, returns: jacobian != nil)
      turn(returns: jacobian != nil)
      if jacobian != nil, k > 1 { keepState() }
      for a in 0..<k {
        if jacobian != nil, a > 0 { restoreState() }
        store(predict(a, returns: jacobian != nil), items, block, stride: k, into: predictions + a)
        guard let jacobian else { continue }
        backward()
        if schedule.kind == .mixed {
          for q in row.indices {
            store(row[q], items, block, stride: k * width, into: jacobian + a * width + q)
          }
        } else {
          storeRows(row, items, stride: k * width, into: jacobian + a * width)
        }
      }
    }
  }

  /// Every lane's Jacobian row to its pair's place, four variables at a time.
  func storeRows(
    _ row: UnsafeMutableBufferPointer<Numbers>, _ items: Schedule.Items, stride: Int,
    into target: UnsafeMutablePointer<Double>
  ) {
    let (rows, p) = (row.baseAddress!, row.count)
    var q = 0
    if items.count == Numbers.scalarCount {
      let count = Numbers.laneCount
      let lanes = UnsafeRawPointer(rows).assumingMemoryBound(to: Lane.self)
      let places = items.positions &* stride
      while q &+ 4 <= p {
        for part in 0..<count {
          let row = lanes + (q &* count &+ part)
          let (first, second, third, fourth) = transposed(
            row[0], row[count], row[2 &* count], row[3 &* count])
          store4(first, target + (places[4 &* part] &+ q))
          store4(second, target + (places[4 &* part &+ 1] &+ q))
          store4(third, target + (places[4 &* part &+ 2] &+ q))
          store4(fourth, target + (places[4 &* part &+ 3] &+ q))
        }
        q &+= 4
      }
    }
    while q < p {
      for lane in 0..<items.count { target[items.positions[lane] &* stride &+ q] = rows[q][lane] }
      q &+= 1
    }
  }

  @inline(__always)
  private func store4(_ values: Lane, _ target: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(target).storeBytes(of: values, as: Lane.self)
  }

  /// The lane blocks of a unit: one of the caller's making (-1) or the blocks of a mixed sample, as many at a time as
  /// the lanes hold.
  func blocks(_ items: Schedule.Items) -> StrideTo<Int> {
    guard schedule.kind == .mixed else { return stride(from: -1, to: 0, by: 1) }
    let sample = items.samples[0]
    return stride(from: data.firstBlock[sample], to: data.firstBlock[sample + 1], by: Numbers.laneCount)
  }

  /// The weights of a mixed sample's eigenvectors from a block on.
  func weights(_ items: Schedule.Items, _ block: Int) -> Numbers {
    let end = data.firstBlock[items.samples[0] + 1]
    return Numbers { block + $0 < end ? data.weights[block + $0] : .zero }
  }

  /// Writes one number a lane to its pair's place; the eigenvectors of a mixed sample are summed there.
  @inline(__always)
  func store(
    _ value: Numbers, _ items: Schedule.Items, _ block: Int, stride: Int,
    into target: UnsafeMutablePointer<Double>
  ) {
    if schedule.kind == .mixed {
      target[items.positions[0] &* stride] += (value * weights(items, block)).sum()
    } else {
      for lane in 0..<items.count { target[items.positions[lane] &* stride] = value[lane] }
    }
  }
}
