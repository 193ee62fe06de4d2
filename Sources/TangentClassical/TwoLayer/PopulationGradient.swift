import TangentNumerics

/// Loss and gradient of one student at a time, in memory that is made once.
///
///     g_k = E (f - f*) x sgn(w_k.x) = 2/pi sum_p A_p (sqrt(1 - rho_kp^2) u_k + asin(rho_kp) z_p)
///     dL/dw_k = |w_k| (1 + u_k u_k^T) g_k
///
/// and for relu a quarter of g_k + sum_p A_p z_p. Columns p, eight at a time, go through the lanes.
final class PopulationGradient {
  private let problem: TeacherStudent
  private let students: Int
  private let dimension: Int
  /// Neurons of student and teacher together, and that number and the dimension rounded up to whole octets.
  private let columns: Int
  private let columnStride: Int
  private let rowStride: Int
  private let memory: LaneMemory
  // (dimension, columnStride): directions by entry; (columns, rowStride): by neuron.
  private let byEntry: UnsafeMutablePointer<Double>
  private let byNeuron: UnsafeMutablePointer<Double>
  private let masses: UnsafeMutablePointer<Double>
  private let sizes: UnsafeMutablePointer<Double>
  // (4, columnStride): what multiplies the directions, four rows at a time; (4, rowStride): their sums.
  private let factors: UnsafeMutablePointer<Double>
  private let sums: UnsafeMutablePointer<Double>

  private static let rowsAtOnce = 4

  init(_ problem: TeacherStudent, students: Int) {
    self.problem = problem
    self.students = students
    dimension = problem.dimension
    columns = students + problem.teacherCount
    columnStride = PopulationGradient.rounded(columns)
    rowStride = PopulationGradient.rounded(dimension)
    let rows = PopulationGradient.rowsAtOnce
    // Rows past the last student are computed and dropped.
    let neurons = PopulationGradient.rounded(columns)
    let count =
      dimension * columnStride + neurons * rowStride + columnStride + neurons + rows
      * (columnStride + rowStride)
    memory = LaneMemory(count: count / 4 + 1)
    var next = UnsafeMutableRawPointer(memory.pointer).assumingMemoryBound(to: Double.self)
    func take(_ count: Int) -> UnsafeMutablePointer<Double> {
      defer { next += count }
      return next
    }
    byEntry = take(dimension * columnStride)
    byNeuron = take(neurons * rowStride)
    masses = take(columnStride)
    factors = take(rows * columnStride)
    sums = take(rows * rowStride)
    sizes = take(neurons)
    for neuron in 0..<problem.teacherCount {
      let place = students + neuron
      masses[place] = -problem.masses[neuron]
      for k in 0..<dimension {
        let entry = problem.directions[neuron * dimension + k]
        byEntry[k * columnStride + place] = entry
        byNeuron[place * rowStride + k] = entry
      }
    }
  }

  static func bytes(_ problem: TeacherStudent, students: Int) -> Double {
    let columns = rounded(students + problem.teacherCount)
    let entries = Double(columns + rowsAtOnce) * Double(2 * rounded(problem.dimension) + rowsAtOnce + 2)
    return 8 * entries
  }

  private static func rounded(_ count: Int) -> Int { (count + Octet.count - 1) / Octet.count * Octet.count }

  /// - Parameters:
  ///   - student: (m, d).
  ///   - gradient: (m, d), or nil.
  /// - Returns: the loss.
  func evaluate(_ student: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>?) -> Double {
    load(student)
    var loss = problem.teacherEnergy
    let linear = problem.activation == .relu ? linearPart() : nil
    for first in stride(from: 0, to: students, by: PopulationGradient.rowsAtOnce) {
      loss += kernelRows(first)
      guard let gradient else { continue }
      weightedSums()
      for row in 0..<min(PopulationGradient.rowsAtOnce, students - first) {
        write(row, of: first + row, linear, to: gradient + (first + row) * dimension)
      }
    }
    return loss
  }

  /// Directions, masses and sizes of the student's neurons; one that is zero has no direction and takes no part.
  private func load(_ student: UnsafePointer<Double>) {
    for neuron in 0..<students {
      let row = student + neuron * dimension
      var square = 0.0
      for k in 0..<dimension { square += row[k] * row[k] }
      masses[neuron] = square
      sizes[neuron] = square.squareRoot()
      let inverse = square > 0 ? 1 / sizes[neuron] : 0
      for k in 0..<dimension {
        byEntry[k * columnStride + neuron] = row[k] * inverse
        byNeuron[neuron * rowStride + k] = row[k] * inverse
      }
    }
  }

  /// v = sum_p A_p z_p, with which relu's linear half is v.x/2.
  private func linearPart() -> [Double] {
    (0..<dimension).map { k in
      (0..<columns).reduce(0.0) { $0 + masses[$1] * byNeuron[$1 * rowStride + k] }
    }
  }

  /// The kernels of four students with all neurons: leaves A_p asin(rho) in `factors`, with sum_p A_p sqrt(1 - rho^2) added
  /// at each row's own column, where z_p is u_k.
  /// - Returns: the rows' part of the loss.
  private func kernelRows(_ first: Int) -> Double {
    let one = Octet(1)
    var sines = [4 of Octet](repeating: Octet(0))
    var energies = sines
    for column in stride(from: 0, to: columnStride, by: Octet.count) {
      var cosines = [4 of Octet](repeating: Octet(0))
      let entries = byEntry + column
      let rows = byEntry + first
      for k in 0..<dimension {
        let z = Octet(at: entries + k &* columnStride)
        let u = rows + k &* columnStride
        cosines[0] = Octet.fma(Octet(u[0]), z, cosines[0])
        cosines[1] = Octet.fma(Octet(u[1]), z, cosines[1])
        cosines[2] = Octet.fma(Octet(u[2]), z, cosines[2])
        cosines[3] = Octet.fma(Octet(u[3]), z, cosines[3])
      }
      let mass = Octet(at: masses + column)
      // Pairs of two students are met twice, those with the teacher once.
      let share = shares(from: column)
      for row in 0..<PopulationGradient.rowsAtOnce {
        let cosine = cosines[row].clamped(Octet(-1), one)
        let sine = ((one - cosine) * (one + cosine)).squareRoot
        let angle = cosine.arcsine
        (mass * angle).store(at: factors + (row &* columnStride &+ column))
        sines[row] = Octet.fma(mass, sine, sines[row])
        var kernel = Octet.fma(cosine, angle, sine) * Octet(2 / .pi)
        if problem.activation == .relu { kernel = (kernel + cosine) * Octet(0.25) }
        energies[row] = Octet.fma(mass * share, kernel, energies[row])
      }
    }
    var energy = 0.0
    for row in 0..<min(PopulationGradient.rowsAtOnce, students - first) {
      factors[row * columnStride + first + row] += sines[row].sum
      energy += masses[first + row] * energies[row].sum
    }
    return energy
  }

  private func shares(from column: Int) -> Octet {
    if column + Octet.count <= students { return Octet(0.5) }
    var result = Octet(1)
    for lane in 0..<Octet.count where column + lane < students { result.set(lane, 0.5) }
    return result
  }

  /// sum_p factor_kp z_p of four rows.
  private func weightedSums() {
    for column in stride(from: 0, to: rowStride, by: Octet.count) {
      var totals = [4 of Octet](repeating: Octet(0))
      for neuron in 0..<columns {
        let z = Octet(at: byNeuron + (neuron &* rowStride &+ column))
        let factor = factors + neuron
        totals[0] = Octet.fma(Octet(factor[0]), z, totals[0])
        totals[1] = Octet.fma(Octet(factor[columnStride]), z, totals[1])
        totals[2] = Octet.fma(Octet(factor[2 &* columnStride]), z, totals[2])
        totals[3] = Octet.fma(Octet(factor[3 &* columnStride]), z, totals[3])
      }
      for row in 0..<PopulationGradient.rowsAtOnce {
        totals[row].store(at: sums + (row &* rowStride &+ column))
      }
    }
  }

  /// |w| (1 + u u^T) g.
  private func write(
    _ row: Int, of neuron: Int, _ linear: [Double]?, to gradient: UnsafeMutablePointer<Double>
  ) {
    let total = sums + row * rowStride
    let u = byNeuron + neuron * rowStride
    var along = 0.0
    for k in 0..<dimension {
      var g = 2 / .pi * total[k]
      if let linear { g = (g + linear[k]) / 4 }
      gradient[k] = g
      along += g * u[k]
    }
    for k in 0..<dimension { gradient[k] = sizes[neuron] * (gradient[k] + along * u[k]) }
  }
}
