import TangentNumerics

extension Model {
  /// The tangent kernel K = J J^T between two sets of samples.
  ///
  /// - Parameters:
  ///   - second: the samples of the columns; those of the rows unless given.
  ///   - full: keeps the outputs apart instead of summing over them.
  ///   - chunk: samples whose Jacobians are held at a time; all that fit in 1 GB unless given.
  /// - Returns: (sets, m, m2), or (sets, m, k, m2, k) if `full`.
  /// - Throws: on lengths that do not match, `outOfMemory`, `cancelled`.
  public func tangentKernel(
    _ theta: ParameterSets, _ data: InputData, _ second: InputData? = nil, full: Bool = false,
    chunk: Int? = nil,
    cancel: CancelToken? = nil
  ) throws(TangentError) -> [Double] {
    let columns = second ?? data
    try validate(theta, data)
    try validate(theta, columns)
    try requireMemory(
      for: .tangentKernel, samples: data.sampleCount, sets: theta.setCount,
      hasStates: data.stateKind != .none,
      cancel: cancel)
    let chunk = try kernelChunk(chunk, max(data.sampleCount, columns.sampleCount), sets: theta.setCount)
    // Rows of the Gram matrix: samples, or (sample, output) pairs with a p-vector each.
    let perSample = full ? outputCount : 1
    let length = circuit.parameterCount * (full ? 1 : outputCount)
    let (rows, width) = (data.sampleCount * perSample, columns.sampleCount * perSample)
    var kernel = [Double](repeating: 0, count: theta.setCount * rows * width)
    for first in stride(from: 0, to: data.sampleCount, by: chunk) {
      let left = Array(first..<min(first + chunk, data.sampleCount))
      let leftRows = try jacobian(theta, data, rows: left, cancel: cancel).jacobian
      for start in stride(from: 0, to: columns.sampleCount, by: chunk) {
        let right = Array(start..<min(start + chunk, columns.sampleCount))
        let isSame = second == nil && left == right
        let rightRows = isSame ? leftRows : try jacobian(theta, columns, rows: right, cancel: cancel).jacobian
        for set in 0..<theta.setCount {
          try GramProduct(
            rows: left.count * perSample, columns: right.count * perSample, length: length,
            isSymmetric: isSame
          ).add(
            leftRows, from: set * left.count * perSample * length, rightRows,
            from: set * right.count * perSample * length, to: &kernel,
            at: (set * rows + first * perSample) * width + start * perSample, stride: width,
            cancel: cancel)
        }
      }
    }
    return kernel
  }

  private func kernelChunk(_ chunk: Int?, _ samples: Int, sets: Int) throws(TangentError) -> Int {
    if let chunk {
      guard chunk >= 1 else { throw .invalid("a chunk of \(chunk) samples; at least 1 is needed") }
      return min(chunk, samples)
    }
    let perSample = Double(8 * sets * outputCount * max(circuit.parameterCount, 1))
    return min(samples, max(4, Int(min(1e9 / perSample, 1e9)) / 4 * 4))
  }
}
