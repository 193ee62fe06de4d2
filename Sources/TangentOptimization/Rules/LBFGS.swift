import TangentNumerics

/// Limited-memory BFGS with a strong-Wolfe line search; it needs the full training set at every step.
///
/// Where the gradient vanishes, or no point below the current one can be found in double precision, the
/// parameters stay where they are.
///
/// Source: Nocedal, Wright, "Numerical Optimization", 2nd edition, algorithm 7.4 (two-loop recursion).
public struct LBFGS: EvaluatingOptimizer, Equatable {
  /// How many of the last steps shape the metric.
  public let memory: Int
  private(set) var pairs: [Pair] = []

  /// A step and the change of the gradient along it, the oldest first.
  struct Pair: Sendable, Equatable {
    var step: [Double]
    var change: [Double]
  }

  public init(memory: Int = 10) { self.memory = memory }

  public func validate() throws(TangentError) {
    if memory < 1 { throw .invalid("memory is \(memory); keep at least 1 pair") }
  }

  public mutating func step(
    _ theta: inout [Double], start: LossGradient,
    evaluate: (_ theta: [Double]) throws(TangentError) -> LossGradient
  ) throws(TangentError) {
    if try moveDownhill(&theta, start, evaluate) || pairs.isEmpty { return }
    pairs = []  // the metric may be stale: once more along the gradient
    _ = try moveDownhill(&theta, start, evaluate)
  }

  /// - Returns: false if the direction does not lead downhill as far as double precision can tell.
  private mutating func moveDownhill(
    _ theta: inout [Double], _ start: LossGradient,
    _ evaluate: (_ theta: [Double]) throws(TangentError) -> LossGradient
  ) throws(TangentError) -> Bool {
    let origin = theta
    let direction = quasiNewtonDirection(start.gradient)
    let slope = dot(direction, start.gradient)
    guard slope < 0, slope.isFinite else { return false }
    var search = LineSearch(origin: LinePoint(alpha: 0, theta: origin, value: start, slope: slope))
    let first = pairs.isEmpty ? min(1, 1 / (-slope).squareRoot()) : 1
    let found = try search.run(first: first) { alpha throws(TangentError) in
      let point = origin.indices.map { origin[$0] + alpha * direction[$0] }
      let value = try evaluate(point)
      return LinePoint(alpha: alpha, theta: point, value: value, slope: dot(direction, value.gradient))
    }
    guard let found else { return false }
    theta = found.theta
    remember(
      Pair(
        step: origin.indices.map { found.theta[$0] - origin[$0] },
        change: origin.indices.map { found.value.gradient[$0] - start.gradient[$0] }))
    return true
  }

  /// Pairs without positive curvature would spoil the metric's positivity.
  private mutating func remember(_ pair: Pair) {
    guard dot(pair.step, pair.change) > Double.ulpOfOne * dot(pair.change, pair.change) else { return }
    if pairs.count == memory { pairs.removeFirst() }
    pairs.append(pair)
  }

  /// -H g, H the inverse Hessian's approximation.
  private func quasiNewtonDirection(_ gradient: [Double]) -> [Double] {
    var direction = gradient.map { -$0 }
    var weights: [Double] = []
    for pair in pairs.reversed() {
      let weight = dot(pair.step, direction) / dot(pair.step, pair.change)
      for i in direction.indices { direction[i] -= weight * pair.change[i] }
      weights.append(weight)
    }
    if let last = pairs.last {
      let scale = dot(last.step, last.change) / dot(last.change, last.change)
      for i in direction.indices { direction[i] *= scale }
    }
    for (pair, weight) in zip(pairs, weights.reversed()) {
      let correction = weight - dot(pair.change, direction) / dot(pair.step, pair.change)
      for i in direction.indices { direction[i] += correction * pair.step[i] }
    }
    return direction
  }

  public static let code: UInt8 = 5

  public func fits(count: Int) -> Bool {
    pairs.count <= memory && pairs.allSatisfy { $0.step.count == count && $0.change.count == count }
  }

  public func encode(into writer: inout ByteWriter) {
    writer.write(memory)
    writer.write(pairs.count)
    for pair in pairs {
      writer.write(pair.step)
      writer.write(pair.change)
    }
  }

  public init(from reader: inout ByteReader) throws(TangentError) {
    memory = try reader.read(Int.self, "the memory")
    for _ in 0..<(try reader.readCount(elementSize: 16, "the remembered steps")) {
      pairs.append(
        Pair(step: try reader.readDoubles("a step"), change: try reader.readDoubles("a change of gradient")))
    }
  }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for i in a.indices { sum += a[i] * b[i] }
  return sum
}
