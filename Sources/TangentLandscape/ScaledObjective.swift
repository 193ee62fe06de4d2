import TangentNumerics
import TangentOptimization

/// A polynomial as a function of parameters, on one worker.
struct ScaledObjective {
  private let contraction: JetContraction
  private let base: [Double]
  private let valuePlace: Int
  private let gradientPlaces: [Int]

  init(_ polynomial: TrigonometricPolynomial, base: [Double]) {
    let contraction = JetContraction(polynomial, order: .gradient)
    self.contraction = contraction
    self.base = base
    valuePlace = contraction.place()
    gradientPlaces = base.indices.map { contraction.place(of: $0) }
  }

  func descend(_ theta: inout [Double], _ optimizer: any Optimizer, steps: Int, _ cancel: CancelToken?) {
    if var optimizer = optimizer as? any FirstOrderOptimizer {
      for _ in 0..<steps {
        if let cancel, cancel.isCancelled { return }
        let gradient = jets(theta).gradients
        optimizer.update(&theta, gradient: gradient)
      }
    } else if let optimizer = optimizer as? any EvaluatingOptimizer {
      for first in stride(from: 0, to: theta.count, by: base.count) {
        if let cancel, cancel.isCancelled { return }
        var own = Array(theta[first..<first + base.count])
        descend(&own, optimizer, steps: steps)
        theta.replaceSubrange(first..<first + base.count, with: own)
      }
    }
  }

  private func descend(_ theta: inout [Double], _ optimizer: some EvaluatingOptimizer, steps: Int) {
    var optimizer = optimizer
    for _ in 0..<steps {
      let before = theta
      // The evaluation does not throw, and a rule that gives up stays where it is.
      try? optimizer.step(&theta, start: lossGradient(theta)) { (theta) throws(TangentError) in
        lossGradient(theta)
      }
      if theta == before { return }
    }
  }

  private func lossGradient(_ theta: [Double]) -> LossGradient {
    let jet = jets(theta)
    return LossGradient(loss: jet.values[0], gradient: jet.gradients)
  }

  /// Values and gradients at points (count, p).
  func jets(_ theta: [Double]) -> (values: [Double], gradients: [Double]) {
    let (p, width) = (base.count, Lane.scalarCount)
    let count = theta.count / p
    var values = [Double](repeating: 0, count: count)
    var gradients = [Double](repeating: 0, count: count * p)
    let angles = theta.indices.map { base[$0 % p] * theta[$0] }
    angles.withUnsafeBufferPointer { angles in
      for first in stride(from: 0, to: count, by: width) {
        let used = min(width, count - first)
        let jet = contraction.evaluate(angles.baseAddress! + first * p, count: used)
        for lane in 0..<used {
          values[first + lane] = jet[valuePlace][lane]
          for l in 0..<p { gradients[(first + lane) * p + l] = base[l] * jet[gradientPlaces[l]][lane] }
        }
      }
    }
    return (values, gradients)
  }
}
