import TangentNumerics

extension Optimizer {
  func requirePositive(_ value: Double, _ name: String) throws(TangentError) {
    if !(value > 0 && value.isFinite) {
      throw .invalid("\(name) is \(value); it must be positive and finite")
    }
  }

  func requireFraction(_ value: Double, _ name: String) throws(TangentError) {
    if !(value >= 0 && value < 1) { throw .invalid("\(name) is \(value); it must lie in [0, 1)") }
  }
}
