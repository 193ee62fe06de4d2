import TangentNumerics
import Testing

@Suite struct CholeskyTests {
  /// A = B B^T + I, b = A x for a known x.
  @Test(arguments: [1, 2, 3, 8, 9, 33, 100]) func solves(n: Int) throws {
    var random = Philox(seed: UInt64(n))
    let b = (0..<(n * n)).map { _ in random.normal() }
    let x = (0..<n).map { _ in random.normal() }
    var a = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0..<n {
        for k in 0..<n { a[i * n + j] += b[i * n + k] * b[j * n + k] }
        if i == j { a[i * n + j] += 1 }
      }
    }
    let right = (0..<n).map { i in (0..<n).reduce(0) { $0 + a[i * n + $1] * x[$1] } }
    let found = try #require(Cholesky(a, dimension: n)).solve(right)
    for (value, expected) in zip(found, x) { #expect(abs(value - expected) < 1e-11) }
    // Only the lower triangle counts.
    for i in 0..<n { for j in (i + 1)..<max(n, i + 1) { a[i * n + j] = .nan } }
    #expect(try #require(Cholesky(a, dimension: n)).solve(right) == found)
  }

  @Test func refusesWhatIsNotPositive() {
    #expect(Cholesky([1, 2, 2, 1], dimension: 2) == nil)
    #expect(Cholesky([0], dimension: 1) == nil)
    #expect(Cholesky([.nan], dimension: 1) == nil)
    #expect(Cholesky([], dimension: 0)?.solve([]) == [])
  }
}
