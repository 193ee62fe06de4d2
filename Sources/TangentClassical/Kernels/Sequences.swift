import TangentNumerics

/// Sequences of vectors of one dimension, each of a length of its own.
public struct Sequences: Sendable {
  public let dimension: Int
  public let lengths: [Int]
  /// All steps one after the other: (sum of lengths, dimension).
  public let values: [Double]
  /// Where in `values` each begins.
  let starts: [Int]

  /// - Throws: for an empty sequence, no dimension, or a number of values that does not match.
  public init(lengths: [Int], dimension: Int, values: [Double]) throws(TangentError) {
    guard dimension >= 1 else {
      throw .invalid("the steps have dimension \(dimension), at least 1 is expected")
    }
    if let empty = lengths.firstIndex(where: { $0 < 1 }) {
      throw .invalid("sequence \(empty) has length \(lengths[empty]), at least 1 is expected")
    }
    var starts: [Int] = []
    var total = 0
    for length in lengths {
      starts.append(total)
      total += length * dimension
    }
    guard values.count == total else {
      throw .invalid("there are \(values.count) values, the lengths and dimension \(dimension) need \(total)")
    }
    self.dimension = dimension
    self.lengths = lengths
    self.values = values
    self.starts = starts
  }

  var count: Int { lengths.count }
  var longest: Int { lengths.max() ?? 0 }

  func step(_ t: Int, of sequence: Int) -> ArraySlice<Double> {
    let start = starts[sequence] + t * dimension
    return values[start..<(start + dimension)]
  }

  /// Every sequence from its end to its beginning.
  public var reversed: Sequences {
    var values: [Double] = []
    values.reserveCapacity(self.values.count)
    for sequence in 0..<count {
      for t in (0..<lengths[sequence]).reversed() { values += step(t, of: sequence) }
    }
    return Sequences(reversing: self, values)
  }

  private init(reversing other: Sequences, _ values: [Double]) {
    dimension = other.dimension
    lengths = other.lengths
    starts = other.starts
    self.values = values
  }
}
