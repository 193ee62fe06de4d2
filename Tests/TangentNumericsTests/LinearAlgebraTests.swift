import Glibc
import Testing

@testable import TangentNumerics

@Suite struct ProductTests {
  @Test(arguments: [(1, 1, 1), (2, 3, 5), (4, 4, 4), (7, 300, 9), (65, 17, 66), (130, 520, 3), (3, 0, 2)])
  func equalsTheDefinition(shape: (rows: Int, inner: Int, columns: Int)) {
    let a = randomMatrix(shape.rows, shape.inner, seed: 1)
    let b = randomMatrix(shape.inner, shape.columns, seed: 2)
    var expected = ComplexMatrix(rows: shape.rows, columns: shape.columns)
    for i in 0..<shape.rows {
      for j in 0..<shape.columns {
        for k in 0..<shape.inner {
          let (x, y, sum) = (a[i, k], b[k, j], expected[i, j])
          expected[i, j] = (sum.re + x.re * y.re - x.im * y.im, sum.im + x.re * y.im + x.im * y.re)
        }
      }
    }
    #expect((a.multiplied(by: b) - expected).maximumModulus < 1e-12)
  }
}

@Suite struct AdjointTests {
  @Test(arguments: [(1, 1), (3, 17), (8, 8), (70, 9)]) func equalsTheDefinition(
    shape: (rows: Int, columns: Int)
  ) {
    let a = randomMatrix(shape.rows, shape.columns, seed: 3)
    let adjoint = a.adjoint
    #expect(adjoint.rows == shape.columns && adjoint.columns == shape.rows)
    for i in 0..<shape.rows {
      for j in 0..<shape.columns { #expect(adjoint[j, i] == (a[i, j].re, -a[i, j].im)) }
    }
  }

  @Test func deviationFromIdentity() {
    let a = randomMatrix(9, 9, seed: 4)
    #expect(a.deviationFromIdentity == (a - .identity(9)).maximumModulus)
    #expect(ComplexMatrix.identity(9).deviationFromIdentity == 0)
  }
}

@Suite struct HermitianEigenTests {
  private func check(_ matrix: ComplexMatrix, _ tolerance: Double = 1e-12) throws -> HermitianEigen {
    let eigen = try HermitianEigen(matrix)
    let d = matrix.rows
    let scale = max(matrix.maximumModulus, 1)
    var weighted = eigen.vectors
    for i in 0..<d {
      for k in 0..<d {
        weighted[i, k] = (weighted[i, k].re * eigen.values[k], weighted[i, k].im * eigen.values[k])
      }
    }
    let rebuilt = weighted.multiplied(by: eigen.vectors.adjoint)
    #expect((rebuilt - matrix).maximumModulus < tolerance * scale)
    let overlap = eigen.vectors.adjoint.multiplied(by: eigen.vectors)
    #expect((overlap - .identity(d)).maximumModulus < tolerance)
    #expect(zip(eigen.values, eigen.values.dropFirst()).allSatisfy { $0 <= $1 })
    return eigen
  }

  @Test(arguments: [1, 2, 3, 4, 5, 8, 16, 33, 64])
  func agreesWithJacobi(d: Int) throws {
    let matrix = randomHermitian(d, seed: UInt64(d))
    let expected = jacobiEigenvalues(matrix)
    let eigen = try check(matrix)
    for (a, b) in zip(eigen.values, expected) { #expect(abs(a - b) < 1e-12 * max(1, abs(b))) }
  }

  @Test func degenerateSpectra() throws {
    let spectra: [[Double]] = [
      [1, 1, 1, 1], [0, 0, 0, 5], [-1, -1, 1, 1], [2, 2 + 1e-14, 2, 2], [1e8, 1, 1e-8, 0], [0, 0, 0, 0],
    ]
    for spectrum in spectra {
      let u = ComplexMatrix.haarUnitary(dimension: 4, seed: 3)
      var weighted = u
      for i in 0..<4 {
        for k in 0..<4 { weighted[i, k] = (u[i, k].re * spectrum[k], u[i, k].im * spectrum[k]) }
      }
      let product = weighted.multiplied(by: u.adjoint)
      let matrix = (product + product.adjoint).scaled(by: 0.5)
      let eigen = try check(matrix)
      for (a, b) in zip(eigen.values, spectrum.sorted()) {
        #expect(abs(a - b) < 1e-13 * max(1, spectrum.map(abs).max()!))
      }
    }
  }

  @Test func knownSpectra() throws {
    // The path graph's Laplacian-like chain: 2 cos(k pi / (d + 1)).
    let d = 20
    var chain = ComplexMatrix(rows: d, columns: d)
    for k in 0..<(d - 1) {
      chain[k, k + 1] = (0, 1)
      chain[k + 1, k] = (0, -1)
    }
    let eigen = try check(chain)
    for k in 0..<d {
      #expect(abs(eigen.values[k] + 2 * cos(Double(k + 1) * .pi / Double(d + 1))) < 1e-13)
    }
    #expect(try check(.identity(7)).values == [Double](repeating: 1, count: 7))
    var diagonal = ComplexMatrix(rows: 3, columns: 3)
    for (k, value) in [3.0, -1, 2].enumerated() { diagonal[k, k] = (value, 0) }
    #expect(try check(diagonal).values == [-1, 2, 3])
  }

  @Test func extremeScales() throws {
    for scale in [0x1p-1060, 1e-200, 1e200, 1e307] {
      let matrix = randomHermitian(6, seed: 8).scaled(by: 0.1)
      let values = try HermitianEigen(matrix.scaled(by: scale)).values
      // Subnormal entries carry only 14 bits.
      for (a, b) in zip(values, try HermitianEigen(matrix).values) {
        #expect(abs(a / scale - b) < (scale < 1e-300 ? 1e-3 : 1e-13))
      }
    }
  }

  /// Each reflector leaves rounding errors of the one before, which soon are too small to be squared.
  @Test(arguments: 0..<8) func lowRank(seed: Int) throws {
    let vector = randomHermitian(160, seed: UInt64(seed))
    let column = ComplexMatrix(
      rows: 160, columns: 1, re: Array(vector.re[0..<160]), im: Array(vector.im[0..<160]))
    let eigen = try check(column.multiplied(by: column.adjoint))
    #expect(eigen.values[158] < 1e-11)
  }

  @Test func largeMatrix() throws { _ = try check(randomHermitian(200, seed: 1)) }

  @Test func notFiniteIsAnError() {
    var matrix = randomHermitian(3, seed: 1)
    matrix[1, 2] = (.nan, 0)
    let error = #expect(throws: TangentError.self) { try HermitianEigen(matrix) }
    #expect(error?.kind == .numerical)
  }
}

@Suite struct HouseholderQRTests {
  @Test(arguments: [1e-160, 1e-200, 1e-290]) func tinyMatricesKeepTheirDirections(scale: Double) {
    let matrix = randomHermitian(7, seed: 3)
    let expected = HouseholderQR(matrix)
    let found = HouseholderQR(matrix.scaled(by: scale))
    #expect((found.q - expected.q).maximumModulus < 1e-14)
    #expect((found.r.scaled(by: 1 / scale) - expected.r).maximumModulus < 1e-13)
  }

  @Test(arguments: [(1, 1), (2, 2), (5, 3), (64, 64), (40, 1)])
  func rebuildsTheMatrix(shape: (rows: Int, columns: Int)) {
    let a = randomMatrix(shape.rows, shape.columns, seed: 5)
    let qr = HouseholderQR(a)
    #expect((qr.q.multiplied(by: qr.r) - a).maximumModulus < 1e-12)
    #expect((qr.q.adjoint.multiplied(by: qr.q) - .identity(shape.columns)).maximumModulus < 1e-13)
    #expect(HouseholderQR.triangle(of: a) == qr.r)
    for i in 0..<shape.columns {
      #expect(qr.r[i, i].re > 0 && qr.r[i, i].im == 0)
      for j in 0..<i { #expect(qr.r[i, j] == (0, 0)) }
    }
  }

  @Test func dependentColumns() {
    var a = randomMatrix(4, 3, seed: 6)
    for i in 0..<4 {
      a[i, 1] = a[i, 0]
      a[i, 2] = (0, 0)
    }
    let qr = HouseholderQR(a)
    #expect((qr.q.multiplied(by: qr.r) - a).maximumModulus < 1e-13)
    #expect((qr.q.adjoint.multiplied(by: qr.q) - .identity(3)).maximumModulus < 1e-13)
  }

  @Test func sameSeedSameBitsOtherSeedOthers() {
    let u = ComplexMatrix.haarUnitary(dimension: 5, seed: 1, stream: 2)
    #expect(u == .haarUnitary(dimension: 5, seed: 1, stream: 2))
    #expect(u != .haarUnitary(dimension: 5, seed: 2, stream: 2))
    #expect(u != .haarUnitary(dimension: 5, seed: 1, stream: 3))
  }

  /// Moments of the Haar measure, E|U_ij|^4 = 2/(d(d+1)), E tr U = 0, E|tr U|^2 = 1, E|tr U^2|^2 = 2, E(tr U)^2 = 0:
  /// the traces tell Haar from a QR whose phases are not fixed. Bounds are five standard errors.
  @Test func haarMoments() {
    let d = 3
    let count = 20_000
    var fourth: [Double] = []
    var trace: [Double] = []
    var modulus: [Double] = []
    var square: [Double] = []
    for k in 0..<count {
      let u = ComplexMatrix.haarUnitary(dimension: d, seed: 11, stream: UInt64(k))
      let (x, t) = (u[0, 1], u.trace)
      let t2 = u.multiplied(by: u).trace
      fourth.append((x.re * x.re + x.im * x.im) * (x.re * x.re + x.im * x.im))
      trace.append(t.re)
      modulus.append(t.re * t.re + t.im * t.im)
      square.append(t2.re * t2.re + t2.im * t2.im)
    }
    expectMean(fourth, 2 / Double(d * (d + 1)))
    expectMean(trace, 0)
    expectMean(modulus, 1)
    expectMean(square, 2)
  }
}

/// The sample mean is within five standard errors.
func expectMean(_ samples: [Double], _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation) {
  let n = Double(samples.count)
  let mean = samples.reduce(0, +) / n
  let variance = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
  #expect(abs(mean - expected) < 5 * (variance / n).squareRoot(), sourceLocation: sourceLocation)
}
