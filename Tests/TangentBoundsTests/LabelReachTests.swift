import Glibc
import TangentCircuits
import TangentNumerics
import Testing

@testable import TangentBounds

/// One-qubit pure states on the Bloch sphere, rows (m, 2), and their Bloch vectors.
private func blochStates(_ angles: [(Double, Double)]) -> (rows: ComplexMatrix, vectors: [[Double]]) {
  var rows = ComplexMatrix(rows: angles.count, columns: 2)
  for (j, (theta, phi)) in angles.enumerated() {
    rows[j, 0] = (cos(theta / 2), 0)
    rows[j, 1] = (sin(theta / 2) * cos(phi), sin(theta / 2) * sin(phi))
  }
  return (rows, angles.map { [sin($0) * cos($1), sin($0) * sin($1), cos($0)] })
}

/// The least sum of squares over all measurements gamma * n.sigma of one qubit, n on the unit sphere: a grid,
/// then ever smaller neighbourhoods of its best points.
private func bruteForce(_ vectors: [[Double]], _ labels: [Double], gamma: Double) -> Double {
  func squares(_ theta: Double, _ phi: Double) -> Double {
    let n = [sin(theta) * cos(phi), sin(theta) * sin(phi), cos(theta)]
    return zip(vectors, labels).reduce(0) { sum, pair in
      let prediction = gamma * (pair.0[0] * n[0] + pair.0[1] * n[1] + pair.0[2] * n[2])
      return sum + (prediction - pair.1) * (prediction - pair.1)
    }
  }
  var best = (value: Double.infinity, theta: 0.0, phi: 0.0)
  for i in 0...200 {
    for k in 0..<400 {
      let (theta, phi) = (Double(i) * .pi / 200, Double(k) * .pi / 200)
      let value = squares(theta, phi)
      if value < best.value { best = (value, theta, phi) }
    }
  }
  var width = 0.02
  while width > 1e-9 {
    let center = best
    for i in -5...5 {
      for k in -5...5 {
        let (theta, phi) = (center.theta + Double(i) * width / 5, center.phi + Double(k) * width / 5)
        let value = squares(theta, phi)
        if value < best.value { best = (value, theta, phi) }
      }
    }
    width /= 2
  }
  return best.value
}

private func range(_ gamma: Double) -> SpectralRange {
  SpectralRange(eigenvalues: [-gamma, gamma], isComplete: false)
}

/// Samples of which only is known whether they are equal: orthogonal states, one for each class.
private func classes(_ classes: [Int]) -> StateOverlaps {
  var columns = ComplexMatrix(rows: classes.max()! + 1, columns: classes.count)
  for (j, c) in classes.enumerated() { columns[c, j] = (1, 0) }
  return .pure(columns)
}

extension LabelReach {
  /// The bound of the sum of squares, and the worst pair.
  fileprivate func squares(_ labels: [Double]) throws -> (bound: Double, worst: Pair?) {
    let found = try bounds(labels, cancel: nil)
    return (Double(2 * labels.count) * found.floor.collective, found.worst)
  }
}

@Suite struct LabelReachTests {
  /// For two states the bound is the minimum: the best measurement tells them apart as Helstrom's does.
  @Test(arguments: [0.05, 0.4, 1.2, 2.5, 3.1], [0.5, 1.0, 1.3])
  func isSharpForTwoStates(_ angle: Double, _ gamma: Double) throws {
    let (rows, vectors) = blochStates([(0.3, 0.7), (0.3 + angle, 0.7)])
    let labels = [gamma, -gamma]
    let reach = LabelReach(spectrum: range(gamma), states: .pure(rows: rows))
    let found = try reach.squares(labels)
    #expect(abs(found.bound - bruteForce(vectors, labels, gamma: gamma)) < 1e-6)
    let pair = try #require(found.worst)
    #expect(pair.first == 0 && pair.second == 1 && abs(pair.squares - found.bound) < 1e-13)
  }

  /// Below the minimum for any labels, in range or out of it.
  @Test(arguments: 0..<12)
  func isALowerBound(_ seed: Int) throws {
    var random = Philox(seed: UInt64(seed), stream: 99)
    let (rows, vectors) = blochStates(
      (0..<5).map { _ in (Double.pi * random.uniform(), 6 * random.uniform()) })
    let labels = (0..<5).map { _ in 3 * random.uniform() - 1.5 }
    let reach = LabelReach(spectrum: range(1), states: .pure(rows: rows))
    let bound = try reach.squares(labels).bound
    let minimum = bruteForce(vectors, labels, gamma: 1)
    #expect(bound <= minimum + 1e-9)
    #expect(bound > 0)
  }

  /// A qubit's measurement has both its eigenvalues once. The predictions then fill an ellipsoid's surface, from which
  /// labels far outside are as far as from its hull.
  @Test(arguments: 0..<12)
  func countsEveryEigenvalue(_ seed: Int) throws {
    var random = Philox(seed: UInt64(seed), stream: 98)
    let (rows, vectors) = blochStates(
      (0..<4).map { _ in (Double.pi * random.uniform(), 6 * random.uniform()) })
    // Those of a measurement four times as large as can be.
    let n = blochStates([(Double.pi * random.uniform(), 6 * random.uniform())]).vectors[0]
    let labels = vectors.map { 4 * ($0[0] * n[0] + $0[1] * n[1] + $0[2] * n[2]) + 0.1 * random.uniform() }
    let whole = LabelReach(spectrum: SpectralRange(eigenvalues: [1, -1]), states: .pure(rows: rows))
    let minimum = bruteForce(vectors, labels, gamma: 1)
    let bound = try whole.squares(labels).bound
    #expect(bound <= minimum + 1e-9 && bound > 0.999 * minimum)
    #expect(try LabelReach(spectrum: range(1), states: .pure(rows: rows)).squares(labels).bound <= bound)
  }

  @Test func pairsLargestValuesWithLargestLevels() {
    let spectrum = SpectralRange(eigenvalues: [2, -1, 0.5, 1], multiplicity: 2)
    #expect(spectrum.levels(for: [-3, -2, -1, 1, 4]) == [-1, -1, 0.5, 2, 2])
    #expect(spectrum.scaled(by: -2).levels(for: [-3, 1, 4, 5]) == [-4, -1, 2, 2])
    #expect(abs(spectrum.scaled(by: -2).mean + 1.25) < 1e-15)
    #expect(range(1).levels(for: [-3, -2, -1, 1, 4]) == [-1, -1, -1, 1, 1])
    // More of them than are kept, in any order.
    let many = SpectralRange(eigenvalues: (0..<5000).map { Double($0 * 3 % 5000) })
    #expect(many.levels(for: [-2, -1, 1, 2, 3]) == [0, 1, 4997, 4998, 4999])
  }

  /// Symmetric classes, for which the best measurement is balanced, so that the joint bound is the minimum while
  /// the pairs alone miss it.
  @Test func isSharpForSymmetricClasses() throws {
    let (rows, vectors) = blochStates([
      (0.2, 0), (0.2, 2), (0.2, 4), (.pi - 0.2, 0), (.pi - 0.2, 2), (.pi - 0.2, 4),
    ])
    let labels = [1.0, 1, 1, -1, -1, -1]
    let bound = try LabelReach(spectrum: range(1), states: .pure(rows: rows)).squares(labels).bound
    let minimum = bruteForce(vectors, labels, gamma: 1)
    #expect(abs(bound - minimum) < 1e-3 * minimum)
  }

  /// Random measurements on three qubits never beat the bound; pure and mixed forms of the same states agree.
  @Test func holdsInLargerSpaces() throws {
    let d = 8
    let basis = ComplexMatrix.haarIsometry(rows: d, columns: 3, seed: 4)
    var rows = ComplexMatrix(rows: 6, columns: d)
    var random = Philox(seed: 8)
    for j in 0..<6 {
      // three directions, each with a slightly turned copy of opposite label
      var norm = 0.0
      for i in 0..<d {
        let noise = 0.1 * random.normal()
        rows[j, i] = (basis[i, j % 3].re + noise, basis[i, j % 3].im)
        norm += rows[j, i].re * rows[j, i].re + rows[j, i].im * rows[j, i].im
      }
      for i in 0..<d { rows[j, i] = (rows[j, i].re / norm.squareRoot(), rows[j, i].im / norm.squareRoot()) }
    }
    let labels = [1.0, -1, 1, -1, 1, -1]
    let pure = StateOverlaps.pure(rows: rows)
    #expect(pure.dimension == 6)
    let bound = try LabelReach(spectrum: range(1), states: pure).squares(labels).bound
    #expect(bound > 1)

    let matrices = (0..<6).map { j in
      var matrix = ComplexMatrix(rows: d, columns: d)
      for a in 0..<d {
        for b in 0..<d {
          let (u, v) = (rows[j, a], rows[j, b])
          matrix[a, b] = (u.re * v.re + u.im * v.im, u.im * v.re - u.re * v.im)
        }
      }
      return matrix
    }
    let mixed = try LabelReach(spectrum: range(1), states: .mixed(matrices)).squares(labels).bound
    #expect(abs(mixed - bound) < 1e-3 * bound)

    // The best sign measurement of each random combination is the fairest adversary.
    for trial in 0..<200 {
      var weights = labels
      for j in weights.indices { weights[j] += 0.5 * random.normal() * (trial == 0 ? 0 : 1) }
      var sum = ComplexMatrix(rows: d, columns: d)
      for j in 0..<6 { sum = sum + matrices[j].scaled(by: weights[j]) }
      let eigen = try HermitianEigen(sum)
      var squares = 0.0
      for j in 0..<6 {
        let image = eigen.vectors.adjoint.multiplied(by: matrices[j]).multiplied(by: eigen.vectors)
        var prediction = 0.0
        for k in 0..<d { prediction += (eigen.values[k] < 0 ? -1 : 1) * image[k, k].re }
        squares += (prediction - labels[j]) * (prediction - labels[j])
      }
      #expect(squares >= bound - 1e-9)
    }
  }

  /// Three states of a qubit, each twice with small parts of opposite sign in other dimensions: leaving those out moves
  /// the states by no more than it says.
  @Test func leavesOutFaintDirections() throws {
    func faint(_ j: Int) -> Double { 1e-6 * Double(1 + j / 2) }
    var rows = ComplexMatrix(rows: 6, columns: 8)
    for j in 0..<6 {
      let main = (1 - faint(j) * faint(j)).squareRoot()
      rows[j, 0] = (main * cos(0.4 * Double(j / 2)), 0)
      rows[j, 3] = (0, main * sin(0.4 * Double(j / 2)))
      rows[j, 1 + j / 2 % 2] = (j % 2 == 0 ? faint(j) : -faint(j), 0)
    }
    let all = StateOverlaps.pure(rows: rows)
    let (main, moved, rank) = try all.withoutFaintDirections(nil)
    #expect(all.dimension == 6 && main.dimension == 2 && rank == 4)
    for j in 0..<6 {
      // rho - a a^dagger has the trace t = ||b||^2 and the determinant -t (1 - t).
      let t = faint(j) * faint(j)
      #expect(moved[j] >= (t * t + 4 * t * (1 - t)).squareRoot() - 1e-12)
      #expect(moved[j] < 2.001 * faint(j))
    }
    #expect(try classes([0, 1, 2]).withoutFaintDirections(nil).moved.isEmpty)
  }

  @Test func addsDistancesFromTheRange() throws {
    let orthogonal = LabelReach(spectrum: range(1), states: classes([0, 1, 2]))
    #expect(abs(try orthogonal.squares([3, -1, 1]).bound - 4) < 1e-9)
    #expect(orthogonal.squaresOutside([3, -1.5, 1]) == 4.25)
  }

  /// Equal samples with labels 1 and -1 cost 2 each pair; the third one is free.
  @Test func countsEqualSamples() throws {
    let reach = LabelReach(spectrum: range(1), states: classes([0, 0, 1]))
    let found = try reach.squares([1, -1, 1])
    #expect(abs(found.bound - 2) < 1e-12)
    #expect(found.worst == LabelReach.Pair(first: 0, second: 1, squares: 2, distance: 0))
  }

  @Test func boundsOfObservables() throws {
    let z = try Observable.pauli("ZII")
    #expect(try z.spectralRange().range == -1...1)
    let sum = try Observable.combination([z, .pauli("XII")], coefficients: [1, 1])
    let bounds = try sum.spectralRange().range
    #expect(
      abs(bounds.lowerBound + 2.0.squareRoot()) < 1e-14 && abs(bounds.upperBound - 2.0.squareRoot()) < 1e-14)
    let wide = try Observable.combination(
      [.pauli("ZIIIIIIIZ"), .pauli("IXXXXXXXI"), .projector("010101010")], coefficients: [1, 1, 1])
    let outer = try wide.spectralRange().range
    let exact = try HermitianEigen(wide.matrix()).values
    #expect(outer.lowerBound <= exact[0] && outer.upperBound >= exact[511])
    #expect(exact[0] - outer.lowerBound < 4e-7 && outer.upperBound - exact[511] < 4e-7)
    #expect(try wide.spectralRange().reflectionRank == 0)
  }
}
