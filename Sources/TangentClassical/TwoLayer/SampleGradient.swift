import TangentNumerics

/// Residuals of one student on samples and their sums, in memory that is made once. Samples go through the lanes.
///
///     f(x) = sum_j |w_j|^2 phi(u_j.x),   sums_k = sum_i (f(x_i) - y_i) phi'(u_k.x_i) x_i
final class SampleGradient {
  private let samples: TrainingSamples
  private let isAbsolute: Bool
  private let neurons: Int
  private let dimension: Int
  /// The dimension rounded up to whole octets.
  let rowStride: Int
  private let memory: LaneMemory
  // By entry (d, block) and by sample (block, rowStride): inputs; (neurons, block): projections, then factors.
  private let byEntry: UnsafeMutablePointer<Double>
  private let bySample: UnsafeMutablePointer<Double>
  private let labels: UnsafeMutablePointer<Double>
  private let projections: UnsafeMutablePointer<Double>
  // (neurons, d) and (neurons): of the student.
  private let directions: UnsafeMutablePointer<Double>
  private let masses: UnsafeMutablePointer<Double>

  /// Samples that are in memory at a time.
  static let block = 64
  private static let rowsAtOnce = 4

  init(_ samples: TrainingSamples, neurons: Int, isAbsolute: Bool) {
    self.samples = samples
    self.isAbsolute = isAbsolute
    self.neurons = neurons
    dimension = samples.dimension
    rowStride = SampleGradient.rounded(dimension, to: Octet.count)
    let (rows, block) = (SampleGradient.rounded(neurons, to: SampleGradient.rowsAtOnce), SampleGradient.block)
    let count = block * (dimension + rowStride + 1 + rows) + rows * (dimension + 1)
    memory = LaneMemory(count: count / 4 + 1)
    var next = UnsafeMutableRawPointer(memory.pointer).assumingMemoryBound(to: Double.self)
    func take(_ count: Int) -> UnsafeMutablePointer<Double> {
      defer { next += count }
      return next
    }
    byEntry = take(dimension * block)
    bySample = take(block * rowStride)
    labels = take(block)
    projections = take(rows * block)
    directions = take(rows * dimension)
    masses = take(rows)
  }

  static func rounded(_ count: Int, to unit: Int) -> Int { (count + unit - 1) / unit * unit }

  /// Numbers in the sums of a student.
  static func sumCount(neurons: Int, dimension: Int) -> Int {
    rounded(neurons, to: rowsAtOnce) * rounded(dimension, to: Octet.count)
  }

  /// - Parameters:
  ///   - places: of the samples, in `rows` or among all.
  ///   - sums: zeros, (neurons rounded up, rowStride), or nil.
  /// - Returns: the sum of squared residuals.
  func evaluate(
    _ student: UnsafePointer<Double>, places: Range<Int>, rows: [Int]?, sums: UnsafeMutablePointer<Double>?,
    _ cancel: CancelToken?
  ) -> Double {
    for neuron in 0..<neurons {
      let row = student + neuron * dimension
      var square = 0.0
      for k in 0..<dimension { square += row[k] * row[k] }
      masses[neuron] = square
      let inverse = square > 0 ? 1 / square.squareRoot() : 0
      for k in 0..<dimension { directions[neuron * dimension + k] = row[k] * inverse }
    }
    var total = 0.0
    for first in stride(from: places.lowerBound, to: places.upperBound, by: SampleGradient.block) {
      if let cancel, cancel.isCancelled { break }
      load(first..<min(first + SampleGradient.block, places.upperBound), rows)
      for start in stride(from: 0, to: SampleGradient.block, by: Octet.count) { total += residuals(start) }
      if let sums { addProducts(to: sums) }
    }
    return total
  }

  /// Places that are left over in a block hold zeros, whose residual is zero.
  private func load(_ places: Range<Int>, _ rows: [Int]?) {
    for slot in 0..<SampleGradient.block {
      let place = places.lowerBound + slot
      let isUsed = place < places.upperBound
      let sample = isUsed ? rows?[place] ?? place : 0
      labels[slot] = isUsed ? samples.labels[sample] : 0
      for k in 0..<dimension {
        let value = isUsed ? samples.inputs[sample * dimension + k] : 0
        byEntry[k * SampleGradient.block + slot] = value
        bySample[slot * rowStride + k] = value
      }
    }
  }

  /// Eight samples: leaves (f - y) phi'(u_k.x) in `projections`.
  private func residuals(_ start: Int) -> Double {
    let (zero, block) = (Octet(0), SampleGradient.block)
    var output = zero
    for neuron in stride(from: 0, to: neurons, by: SampleGradient.rowsAtOnce) {
      var products = [4 of Octet](repeating: zero)
      let u = directions + neuron * dimension
      for k in 0..<dimension {
        let x = Octet(at: byEntry + (k &* block &+ start))
        products[0] = Octet.fma(Octet(u[k]), x, products[0])
        products[1] = Octet.fma(Octet(u[dimension &+ k]), x, products[1])
        products[2] = Octet.fma(Octet(u[2 &* dimension &+ k]), x, products[2])
        products[3] = Octet.fma(Octet(u[3 &* dimension &+ k]), x, products[3])
      }
      for row in 0..<SampleGradient.rowsAtOnce {
        let z = products[row]
        let value = isAbsolute ? z.magnitude : z.atLeast(zero)
        output = Octet.fma(Octet(masses[neuron &+ row]), value, output)
        z.store(at: projections + ((neuron &+ row) &* block &+ start))
      }
    }
    let residual = output - Octet(at: labels + start)
    for neuron in 0..<neurons {
      let place = projections + (neuron &* block &+ start)
      let z = Octet(at: place)
      var factor = Octet.choose(zero, lessThan: z, residual, else: zero)
      if isAbsolute { factor = factor - Octet.choose(z, lessThan: zero, residual, else: zero) }
      factor.store(at: place)
    }
    return (residual * residual).sum
  }

  /// sums_k += sum_i factor_ki x_i.
  private func addProducts(to sums: UnsafeMutablePointer<Double>) {
    let block = SampleGradient.block
    for neuron in stride(from: 0, to: neurons, by: SampleGradient.rowsAtOnce) {
      let factors = projections + neuron * block
      for column in stride(from: 0, to: rowStride, by: Octet.count) {
        var totals = [4 of Octet](repeating: Octet(0))
        for slot in 0..<block {
          let x = Octet(at: bySample + (slot &* rowStride &+ column))
          totals[0] = Octet.fma(Octet(factors[slot]), x, totals[0])
          totals[1] = Octet.fma(Octet(factors[block &+ slot]), x, totals[1])
          totals[2] = Octet.fma(Octet(factors[2 &* block &+ slot]), x, totals[2])
          totals[3] = Octet.fma(Octet(factors[3 &* block &+ slot]), x, totals[3])
        }
        for row in 0..<SampleGradient.rowsAtOnce {
          let place = sums + ((neuron &+ row) &* rowStride &+ column)
          (Octet(at: place) + totals[row]).store(at: place)
        }
      }
    }
  }
}
