import TangentNumerics

/// Computes units of a schedule on one worker. Conforming types bring samples through their circuit and back; what is
/// made of predictions and derivatives is the same for all and stands here.
protocol EvaluationRunner {
  var schedule: Schedule { get }
  var data: InputData { get }
  var outputCount: Int { get }
  var parameterCount: Int { get }
  /// d yhat / d theta, a parameter a lane, after `backward`.
  var parameterGradients: UnsafeMutablePointer<Lane> { get }

  /// Loads states and angles and runs forward; `returns` if a backward sweep is to follow.
  func forward(_ items: Schedule.Items, block: Int, returns: Bool)
  /// The prediction of output a; with `returns` its observable's state is there for a backward sweep.
  func predict(_ a: Int, returns: Bool) -> Lane
  /// Seeds a backward sweep with a weighted sum of the observables.
  func seed(weights: UnsafeMutableBufferPointer<Lane>)
  /// Keeps the final state for another backward sweep, and brings it back.
  func keepState()
  func restoreState()
  func backward()

  // Requirements although the extensions answer them: so each type has its own specialised ones.
  func evaluate(
    _ unit: Int, predictions: UnsafeMutablePointer<Double>, jacobian: UnsafeMutablePointer<Double>?)
  func gradient(_ unit: Int, loss: some PredictionLoss, chunks: GradientChunks, into target: GradientTarget)

  /// The final states of a unit, `size` numbers a position, in (re, im) pairs.
  func outputStates(_ unit: Int, size: Int, into target: UnsafeMutablePointer<Double>)
}

extension EvaluationRunner {
  /// Predictions (positions, k) and, if asked, Jacobian rows (positions, k, p) of one unit.
  func evaluate(
    _ unit: Int, predictions: UnsafeMutablePointer<Double>, jacobian: UnsafeMutablePointer<Double>?
  ) {
    let items = schedule.items(unit)
    let (k, p) = (outputCount, parameterCount)
    for block in blocks(items) {
      forward(items, block: block, returns: jacobian != nil)
      if jacobian != nil, k > 1 { keepState() }
      for a in 0..<k {
        if jacobian != nil, a > 0 { restoreState() }
        store(predict(a, returns: jacobian != nil), items, block, stride: k, into: predictions + a)
        guard let jacobian else { continue }
        backward()
        if schedule.kind == .mixed {
          let rows = parameterGradients
          for q in 0..<p { store(rows[q], items, block, stride: k * p, into: jacobian + a * p + q) }
        } else {
          storeRows(items, stride: k * p, into: jacobian + a * p)
        }
      }
    }
  }

  /// Every lane's Jacobian row to its pair's place, four parameters at a time.
  func storeRows(_ items: Schedule.Items, stride: Int, into target: UnsafeMutablePointer<Double>) {
    let (rows, p) = (parameterGradients, parameterCount)
    var q = 0
    if items.count == Lane.scalarCount {
      let places = items.positions &* stride
      while q &+ 4 <= p {
        let (first, second, third, fourth) = transposed(
          rows[q], rows[q &+ 1], rows[q &+ 2], rows[q &+ 3])
        store4(first, target + (places[0] &+ q))
        store4(second, target + (places[1] &+ q))
        store4(third, target + (places[2] &+ q))
        store4(fourth, target + (places[3] &+ q))
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

  /// The lane blocks of a unit: one of the caller's making (-1) or all blocks of a mixed sample.
  func blocks(_ items: Schedule.Items) -> Range<Int> {
    guard schedule.kind == .mixed else { return -1..<0 }
    return data.firstBlock[items.samples[0]]..<data.firstBlock[items.samples[0] + 1]
  }

  /// Writes one number a lane to its pair's place; the eigenvectors of a mixed sample are summed there.
  @inline(__always)
  private func store(
    _ value: Lane, _ items: Schedule.Items, _ block: Int, stride: Int,
    into target: UnsafeMutablePointer<Double>
  ) {
    if schedule.kind == .mixed {
      target[items.positions[0] &* stride] += (value * data.weights[block]).sum()
    } else {
      for lane in 0..<items.count { target[items.positions[lane] &* stride] = value[lane] }
    }
  }
}
