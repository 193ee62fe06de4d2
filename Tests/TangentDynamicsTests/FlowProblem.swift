import TangentDynamics
import TangentNumerics

/// A random instance of the asymptotic flow: a measurement of given spectrum and states as weighted vectors.
struct FlowProblem {
  let columns: SampleColumns
  /// (d, columns)
  let vectors: ComplexMatrix
  let spectrum: [(value: Double, multiplicity: Int)]
  /// (d, d), the eigenvectors of the measurement as columns.
  let basis: ComplexMatrix
  let labels: [Double]

  /// - Parameter ranks: how many vectors each sample mixes.
  init(
    spectrum: [(value: Double, multiplicity: Int)], ranks: [Int], orthogonal: Bool = false,
    labels: [Double]? = nil,
    seed: UInt64
  ) throws {
    let d = spectrum.reduce(0) { $0 + $1.multiplicity }
    let count = ranks.reduce(0, +)
    var random = Philox(seed: seed, stream: 7)
    var weights: [Double] = []
    for rank in ranks {
      let raw = (0..<rank).map { _ in rank == 1 ? 1 : 0.1 + random.uniform() }
      weights += raw.map { $0 / raw.reduce(0, +) }
    }
    columns = try SampleColumns(
      sampleCount: ranks.count, weights: weights,
      owners: ranks.enumerated().flatMap { [Int](repeating: $0.offset, count: $0.element) })
    var vectors = ComplexMatrix(rows: d, columns: count)
    var next = 0
    if orthogonal {
      vectors = ComplexMatrix.haarIsometry(rows: d, columns: count, seed: seed, stream: 1)
    } else {
      for (sample, rank) in ranks.enumerated() {
        let block = ComplexMatrix.haarIsometry(
          rows: d, columns: rank, seed: seed, stream: UInt64(100 + sample))
        for a in 0..<rank {
          for x in 0..<d { vectors[x, next] = block[x, a] }
          next += 1
        }
      }
    }
    self.vectors = vectors
    self.spectrum = spectrum
    basis = ComplexMatrix.haarUnitary(dimension: d, seed: seed, stream: 2)
    self.labels = labels ?? ranks.indices.map { _ in 2 * random.uniform() - 1 }
  }

  /// One value for each eigenvector.
  var values: [Double] { spectrum.flatMap { [Double](repeating: $0.value, count: $0.multiplicity) } }

  var measurement: ComplexMatrix {
    var weighted = basis
    for (k, value) in values.enumerated() {
      for x in 0..<basis.rows { weighted[x, k] = (value * basis[x, k].re, value * basis[x, k].im) }
    }
    return weighted.multiplied(by: basis.adjoint)
  }

  var densities: [ComplexMatrix] {
    let d = vectors.rows
    var result = [ComplexMatrix](repeating: ComplexMatrix(rows: d, columns: d), count: columns.sampleCount)
    for a in 0..<columns.count {
      for x in 0..<d {
        for y in 0..<d {
          let (u, v, w) = (vectors[x, a], vectors[y, a], columns.weights[a])
          result[columns.owners[a]][x, y].re += w * (u.re * v.re + u.im * v.im)
          result[columns.owners[a]][x, y].im += w * (u.im * v.re - u.re * v.im)
        }
      }
    }
    return result
  }

  func reduced() throws -> ReducedFlow {
    var first = 0
    var parts: [ComplexMatrix] = []
    for (_, multiplicity) in spectrum {
      var part = ComplexMatrix(rows: basis.rows, columns: multiplicity)
      for x in 0..<basis.rows {
        for k in 0..<multiplicity { part[x, k] = basis[x, first + k] }
      }
      parts.append(part.adjoint.multiplied(by: vectors))
      first += multiplicity
    }
    return try ReducedFlow(columns: columns, eigenvalues: spectrum.map(\.value), coordinates: parts)
  }

  func dense() throws -> DenseFlow {
    try DenseFlow(columns: columns, vectors: vectors, observable: measurement)
  }
}
