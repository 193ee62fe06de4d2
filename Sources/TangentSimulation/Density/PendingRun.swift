/// What waits on one qubit to become a run.
struct PendingRun {
  enum Step {
    case rotation(letter: Int, slot: Int)
    /// A 4 x 4 transfer matrix.
    case constant([Double])
  }

  private var steps: [Step] = []

  var isEmpty: Bool { steps.isEmpty }

  /// The product, if no angles are in it.
  var constant: [Double]? {
    guard steps.count == 1, case .constant(let matrix) = steps[0] else { return nil }
    return matrix
  }

  /// Constants that meet become one.
  mutating func append(_ step: Step) {
    if case .constant(let next) = step, case .constant(let last)? = steps.last {
      steps[steps.count - 1] = .constant(PendingRun.product(next, last))
    } else {
      steps.append(step)
    }
  }

  func run(number: Int, slots: [AngleDraft], arena: Arena) -> QubitRun {
    var (isUnital, wantsGradient, dependsOnFeatures) = (true, false, false)
    let factors = steps.map { step -> RunFactor in
      switch step {
      case .rotation(let letter, let slot):
        wantsGradient = wantsGradient || slots[slot].wantsGradient
        dependsOnFeatures = dependsOnFeatures || slots[slot].dependsOnFeatures
        return .rotation(letter: letter, slot: slot)
      case .constant(let matrix):
        isUnital = isUnital && matrix[4] == 0 && matrix[8] == 0 && matrix[12] == 0
        return .constant(arena.copy(matrix))
      }
    }
    return QubitRun(
      factors: arena.copy(factors), count: factors.count, number: number, isUnital: isUnital,
      wantsGradient: wantsGradient, dependsOnFeatures: dependsOnFeatures)
  }

  private static func product(_ a: [Double], _ b: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: 16)
    for row in 0..<4 {
      for column in 0..<4 {
        for k in 0..<4 { result[4 * row + column] += a[4 * row + k] * b[4 * k + column] }
      }
    }
    return result
  }
}
