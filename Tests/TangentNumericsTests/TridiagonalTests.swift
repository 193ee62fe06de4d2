import Glibc
import Testing

@testable import TangentNumerics

@Suite struct TridiagonalTests {
  private func reduced(_ matrix: ComplexMatrix) -> (form: Tridiagonal, work: ComplexMatrix) {
    var work = matrix
    for k in work.im.indices { work.im[k] = -work.im[k] }
    let form = Tridiagonal(reducingConjugate: &work, nil)
    return (form, work)
  }

  /// The path's adjacency matrix has the eigenvalues 2 cos(k pi / (d + 1)) and sines for eigenvectors.
  @Test(arguments: [1, 2, 3, 10, 31])
  func paths(d: Int) throws {
    var path = ComplexMatrix(rows: d, columns: d)
    for i in 0..<d - 1 {
      path[i, i + 1] = (1, 0)
      path[i + 1, i] = (1, 0)
    }
    var form = reduced(path).form
    let rows = try form.diagonalise(nil)
    let order = form.diagonal.indices.sorted { form.diagonal[$0] > form.diagonal[$1] }
    for (k, place) in order.enumerated() {
      let angle = Double(k + 1) * Double.pi / Double(d + 1)
      #expect(abs(form.diagonal[place] - 2 * cos(angle)) < 1e-14)
      let norm = (2 / Double(d + 1)).squareRoot()
      for i in 0..<d {
        #expect(abs(abs(rows[place * d + i]) - abs(norm * sin(Double(i + 1) * angle))) < 1e-13)
      }
    }
  }

  /// The eigenvectors of T give back a real tridiagonal matrix of the same trace and norm as A.
  @Test(arguments: [2, 3, 7, 20])
  func formIsRealAndTridiagonal(d: Int) throws {
    let matrix = randomHermitian(d, seed: UInt64(100 + d))
    var form = reduced(matrix).form
    let diagonal = form.diagonal
    #expect(abs(diagonal.reduce(0, +) - matrix.trace.re) < 1e-12)
    let rows = try form.diagonalise(nil)
    var norm = 0.0
    for i in 0..<d {
      for j in 0..<d {
        let entry = (0..<d).reduce(0.0) { $0 + rows[$1 * d + i] * form.diagonal[$1] * rows[$1 * d + j] }
        norm += entry * entry
        if i == j { #expect(abs(entry - diagonal[i]) < 1e-12) }
        if abs(i - j) > 1 { #expect(abs(entry) < 1e-12) }
      }
    }
    let expected = zip(matrix.re, matrix.im).reduce(0) { $0 + $1.0 * $1.0 + $1.1 * $1.1 }
    #expect(abs(norm - expected) < 1e-11 * expected)
  }

  /// Reflectors turn an eigenvector of T into one of A: A x = lambda x.
  @Test(arguments: [2, 5, 18, 40])
  func reflectorsTurnEigenvectorsBack(d: Int) throws {
    let matrix = randomHermitian(d, seed: UInt64(200 + d))
    var (form, work) = reduced(matrix)
    var basis = ComplexMatrix(rows: d, columns: d)
    basis.re = try form.diagonalise(nil)
    form.applyReflectors(in: &work, to: &basis, nil)
    let images = matrix.multiplied(by: basis.transpose)
    for k in 0..<d {
      for i in 0..<d {
        let (image, entry) = (images[i, k], basis[k, i])
        #expect(abs(image.re - form.diagonal[k] * entry.re) < 1e-12 * Double(d))
        #expect(abs(image.im - form.diagonal[k] * entry.im) < 1e-12 * Double(d))
      }
    }
  }
}
