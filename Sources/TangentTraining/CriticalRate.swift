import TangentNumerics

/// 2 m / lambda_max(J^T J), the rate above which gradient descent on the mean squared error leaves the frozen
/// kernel's stable range.
/// - Parameter jacobian: (rows, width), rows counting samples and outputs.
func criticalRate(jacobian: ArraySlice<Double>, rows: Int, sampleCount: Int) -> Double {
  let width = jacobian.count / rows
  let start = jacobian.startIndex
  var vector = (0..<width).map { cos(Double($0) + 0.5) }  // overlaps with any mode
  var eigenvalue = 0.0
  for _ in 0..<2000 {
    let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard norm > 0 else { return .infinity }
    for l in vector.indices { vector[l] /= norm }
    var image = [Double](repeating: 0, count: width)
    var next = 0.0
    for row in 0..<rows {
      var component = 0.0
      for l in 0..<width { component += jacobian[start + row * width + l] * vector[l] }
      next += component * component
      for l in 0..<width { image[l] += component * jacobian[start + row * width + l] }
    }
    vector = image
    if abs(next - eigenvalue) <= 1e-12 * next { break }
    eigenvalue = next
  }
  return eigenvalue > 0 ? 2 * Double(sampleCount) / eigenvalue : .infinity
}
