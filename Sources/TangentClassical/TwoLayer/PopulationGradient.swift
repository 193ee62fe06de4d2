import TangentNumerics

/// Loss and gradient of one student at a time, in memory that is made once, four neurons after four.
///
///     g_k = E (f - f*) x sgn(w_k.x) = 2/pi sum_p A_p (sqrt(1 - rho_kp^2) u_k + asin(rho_kp) z_p)
///     dL/dw_k = |w_k| (1 + u_k u_k^T) g_k
///
/// and for relu a quarter of g_k + sum_p A_p z_p. `load` comes first, then `meet` for all groups of four, in any order and on
/// any threads, then `write` for all groups likewise. Columns p, eight at a time, go through the lanes. Two students meet
/// once: what they owe each other is written for both.
final class PopulationGradient {
  private let problem: TeacherStudent
  private let students: Int
  private let dimension: Int
  /// Neurons of student and teacher together, and that number and the dimension rounded up to whole octets.
  private let columns: Int
  private let columnStride: Int
  private let rowStride: Int
  private let memory: LaneMemory
  // (dimension, columnStride): directions by entry; (columns, rowStride): directions by neuron, times their masses.
  private let byEntry: UnsafeMutablePointer<Double>
  private let weighted: UnsafeMutablePointer<Double>
  private let masses: UnsafeMutablePointer<Double>
  private let sizes: UnsafeMutablePointer<Double>
  // (rows, columnStride): asin rho; (groups, columnStride) and (rows): sums of A sqrt(1 - rho^2), by column over a group's
  // rows and by row over columns.
  private let arcs: UnsafeMutablePointer<Double>
  private let columnSines: UnsafeMutablePointer<Double>
  private let rowSines: UnsafeMutablePointer<Double>
  private let energies: UnsafeMutablePointer<Double>
  // (rowStride): v = sum_p A_p z_p, with which relu's linear half is v.x/2.
  private let linear: UnsafeMutablePointer<Double>
  // (groups, rowsAtOnce, rowStride).
  private let sums: UnsafeMutablePointer<Double>

  static let rowsAtOnce = 4
  /// Groups of student neurons.
  let groups: Int

  init(_ problem: TeacherStudent, students: Int) {
    self.problem = problem
    self.students = students
    dimension = problem.dimension
    columns = students + problem.teacherCount
    columnStride = PopulationGradient.rounded(columns)
    rowStride = PopulationGradient.rounded(dimension)
    groups = (students + PopulationGradient.rowsAtOnce - 1) / PopulationGradient.rowsAtOnce
    // Rows past the last student are computed and dropped.
    memory = LaneMemory(count: PopulationGradient.count(problem, students: students) / 4 + 1)
    var next = UnsafeMutableRawPointer(memory.pointer).assumingMemoryBound(to: Double.self)
    func take(_ count: Int) -> UnsafeMutablePointer<Double> {
      defer { next += count }
      return next
    }
    byEntry = take(dimension * columnStride)
    weighted = take(columnStride * rowStride)
    masses = take(columnStride)
    sizes = take(columnStride)
    arcs = take(columnStride * columnStride)
    columnSines = take(groups * columnStride)
    rowSines = take(columnStride)
    energies = take(columnStride)
    linear = take(rowStride)
    sums = take(groups * PopulationGradient.rowsAtOnce * rowStride)
    for neuron in 0..<problem.teacherCount {
      let place = students + neuron
      masses[place] = -problem.masses[neuron]
      for k in 0..<dimension {
        let entry = problem.directions[neuron * dimension + k]
        byEntry[k * columnStride + place] = entry
        weighted[place * rowStride + k] = entry * masses[place]
      }
    }
  }

  private static func count(_ problem: TeacherStudent, students: Int) -> Int {
    let columns = rounded(students + problem.teacherCount)
    let (rowStride, groups) = (rounded(problem.dimension), students / rowsAtOnce + 1)
    return columns * (problem.dimension + rowStride + columns + 4) + groups * columns
      + (1 + rowsAtOnce * groups) * rowStride
  }

  static func bytes(_ problem: TeacherStudent, students: Int) -> Double {
    let columns = Double(students) + Double(problem.teacherCount) + 8
    return 8 * columns * (3 * Double(problem.dimension + 8) + 1.25 * columns + 8)
  }

  private static func rounded(_ count: Int) -> Int { (count + Octet.count - 1) / Octet.count * Octet.count }

  /// Of the student whose groups have all met.
  var loss: Double {
    (0..<groups).reduce(problem.teacherEnergy) { $0 + energies[$1] }
  }

  /// Directions, masses and sizes of the student's neurons; one that is zero has no direction and takes no part.
  func load(_ student: UnsafePointer<Double>) {
    for neuron in 0..<students {
      let row = student + neuron * dimension
      let square = dotProduct(row, row, dimension)
      masses[neuron] = square
      sizes[neuron] = square.squareRoot()
      let inverse = square > 0 ? 1 / sizes[neuron] : 0
      for k in 0..<dimension {
        byEntry[k * columnStride + neuron] = row[k] * inverse
        weighted[neuron * rowStride + k] = row[k] * sizes[neuron]
      }
    }
    guard problem.activation == .relu else { return }
    for k in 0..<dimension { linear[k] = (0..<columns).reduce(0.0) { $0 + weighted[$1 * rowStride + k] } }
  }

  /// The kernels of four students with those behind them and with the teacher.
  func meet(_ group: Int) {
    let first = group * PopulationGradient.rowsAtOnce
    let own = first / Octet.count * Octet.count
    let (one, zero) = (Octet(1), Octet(0))
    let isRelu = problem.activation == .relu
    var sines = [4 of Octet](repeating: zero)
    var halves = sines
    let rows = byEntry + first
    for column in stride(from: own, to: columnStride, by: Octet.count) {
      var cosines = [4 of Octet](repeating: zero)
      let entries = byEntry + column
      for k in 0..<dimension {
        let z = Octet(at: entries + k &* columnStride)
        let u = rows + k &* columnStride
        cosines[0] = Octet.fma(Octet(u[0]), z, cosines[0])
        cosines[1] = Octet.fma(Octet(u[1]), z, cosines[1])
        cosines[2] = Octet.fma(Octet(u[2]), z, cosines[2])
        cosines[3] = Octet.fma(Octet(u[3]), z, cosines[3])
      }
      let mass = Octet(at: masses + column)
      let share = mass * shares(from: column, isOwn: column == own)
      var behind = zero
      for row in 0..<PopulationGradient.rowsAtOnce {
        let cosine = cosines[row].clamped(Octet(-1), one)
        let sine = ((one - cosine) * (one + cosine)).squareRoot
        let arc = Octet.arcsine(cosine, sine: sine)
        arc.store(at: arcs + ((first &+ row) &* columnStride &+ column))
        cosines[row] = arc
        sines[row] = Octet.fma(mass, sine, sines[row])
        behind = Octet.fma(Octet(masses[first &+ row]), sine, behind)
        var kernel = Octet.fma(cosine, arc, sine) * Octet(2 / .pi)
        if isRelu { kernel = (kernel + cosine) * Octet(0.25) }
        halves[row] = Octet.fma(share, kernel, halves[row])
      }
      if column > own && column < students {
        behind.store(at: columnSines + (group &* columnStride &+ column))
        mirror(cosines, from: column, to: first)
      }
    }
    var energy = 0.0
    for row in 0..<min(PopulationGradient.rowsAtOnce, students - first) {
      rowSines[first + row] = sines[row].sum
      energy += masses[first + row] * halves[row].sum
    }
    energies[group] = energy
  }

  /// What a pair counts in the loss: half where it is met from both sides, as two students of one octet.
  private func shares(from column: Int, isOwn: Bool) -> Octet {
    guard isOwn else { return Octet(1) }
    var result = Octet(1)
    for lane in 0..<Octet.count where column + lane < students { result.set(lane, 0.5) }
    return result
  }

  /// The arcs of four rows, in the rows of those whom they have met.
  @inline(__always) private func mirror(_ arcs: [4 of Octet], from column: Int, to first: Int) {
    let target = UnsafeMutableRawPointer(self.arcs + first)
    for lane in 0..<Octet.count {
      let four = SIMD4(arcs[0][lane], arcs[1][lane], arcs[2][lane], arcs[3][lane])
      target.storeBytes(of: four, toByteOffset: (column &+ lane) &* columnStride &* 8, as: SIMD4<Double>.self)
    }
  }

  /// The gradients of four students.
  func write(_ group: Int, to gradients: UnsafeMutablePointer<Double>) {
    let first = group * PopulationGradient.rowsAtOnce
    let sums = sums + group * PopulationGradient.rowsAtOnce * rowStride
    let rows = arcs + first * columnStride
    for column in stride(from: 0, to: rowStride, by: Octet.count) {
      var totals = [4 of Octet](repeating: Octet(0))
      for neuron in 0..<columns {
        let z = Octet(at: weighted + (neuron &* rowStride &+ column))
        let arc = rows + neuron
        totals[0] = Octet.fma(Octet(arc[0]), z, totals[0])
        totals[1] = Octet.fma(Octet(arc[columnStride]), z, totals[1])
        totals[2] = Octet.fma(Octet(arc[2 &* columnStride]), z, totals[2])
        totals[3] = Octet.fma(Octet(arc[3 &* columnStride]), z, totals[3])
      }
      for row in 0..<PopulationGradient.rowsAtOnce {
        totals[row].store(at: sums + (row &* rowStride &+ column))
      }
    }
    for row in 0..<min(PopulationGradient.rowsAtOnce, students - first) {
      write(first + row, sums + row * rowStride, to: gradients + (first + row) * dimension)
    }
  }

  /// |w| (1 + u u^T) g.
  private func write(
    _ neuron: Int, _ total: UnsafePointer<Double>, to gradient: UnsafeMutablePointer<Double>
  ) {
    // Those of earlier octets have met this neuron, and it the others.
    let before = neuron / Octet.count * Octet.count / PopulationGradient.rowsAtOnce
    let sine = (0..<before).reduce(rowSines[neuron]) { $0 + columnSines[$1 * columnStride + neuron] }
    let (size, w) = (sizes[neuron], weighted + neuron * rowStride)
    let inverse = size > 0 ? 1 / (size * size) : 0
    let turn = sine * inverse
    for k in 0..<dimension { gradient[k] = 2 / .pi * (total[k] + turn * w[k]) }
    if problem.activation == .relu {
      for k in 0..<dimension { gradient[k] = (gradient[k] + linear[k]) / 4 }
    }
    let part = dotProduct(gradient, w, dimension) * inverse * inverse
    for k in 0..<dimension { gradient[k] = size * (gradient[k] + part * w[k]) }
  }
}
