import Testing
import TestSupport

@testable import TangentNumerics

/// Products of plain arrays against their definition; what lies outside of the result stays as it is.
@Suite struct PlainProductTests {
  private func numbers(_ count: Int, seed: UInt64) -> [Double] {
    var random = Philox(seed: seed, stream: 7)
    return (0..<count).map { _ in random.normal() }
  }

  @Test(arguments: [(1, 1, 1), (4, 256, 4), (5, 257, 6), (66, 3, 9), (3, 513, 1)])
  func complexPlanes(shape: (rows: Int, inner: Int, columns: Int)) {
    let (rows, inner, columns) = shape
    let (a, b) = (numbers(2 * rows * inner, seed: 1), numbers(2 * inner * columns, seed: 2))
    let (left, right, size) = (rows * inner, inner * columns, rows * columns)
    var out = [Double](repeating: 9, count: 2 * size + 3)
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        out.withUnsafeMutableBufferPointer { out in
          let (a, b, out) = (a.baseAddress!, b.baseAddress!, out.baseAddress!)
          ComplexProduct.compute(
            rows: rows, inner: inner, columns: columns, left: .init(re: a, im: a + left),
            right: .init(re: b, im: b + right), out: .init(re: out + 1, im: out + size + 2))
        }
      }
    }
    #expect([out[0], out[size + 1], out[2 * size + 2]] == [9, 9, 9])
    for i in 0..<rows {
      for j in 0..<columns {
        var (re, im) = (0.0, 0.0)
        for k in 0..<inner {
          let (x, y) = (a[i * inner + k], a[left + i * inner + k])
          let (u, v) = (b[k * columns + j], b[right + k * columns + j])
          re += x * u - y * v
          im += x * v + y * u
        }
        #expect(abs(out[1 + i * columns + j] - re) < 1e-11)
        #expect(abs(out[size + 2 + i * columns + j] - im) < 1e-11)
      }
    }
  }

  @Test(arguments: [(2, 3, 5, false), (4, 4, 7, true), (9, 9, 64, true), (1, 6, 1, false), (3, 2, 0, false)])
  func gram(_ rows: Int, _ columns: Int, _ length: Int, isSymmetric: Bool) throws {
    let left = numbers(2 + rows * length, seed: 3)
    let right = isSymmetric ? left : numbers(2 + columns * length, seed: 4)
    let stride = columns + 2
    let product = GramProduct(rows: rows, columns: columns, length: length, isSymmetric: isSymmetric)
    let results = try resultsByThreads(rows > 1 && length > 0 ? [1, 2, 5] : [1]) {
      var target = [Double](repeating: 9, count: 1 + rows * stride)
      try product.add(left, from: 2, right, from: 2, to: &target, at: 1, stride: stride)
      return target
    }
    #expect(results.allSatisfy { $0 == results[0] })
    var expected = [Double](repeating: 9, count: 1 + rows * stride)
    if length > 0 {
      for i in 0..<rows {
        for j in 0..<columns {
          expected[1 + i * stride + j] = (0..<length).reduce(0) {
            $0 + left[2 + i * length + $1] * right[2 + j * length + $1]
          }
        }
      }
    }
    for (a, b) in zip(results[0], expected) { #expect(abs(a - b) < 1e-12) }
  }
}
