/// The coefficients of a polynomial that are not zero, as a tree: a node of depth l is a choice of functions for the first
/// l angles that some coefficient shares. Dense polynomials have full trees; those of hard data sets are thin.
struct CoefficientTree: Sendable, Equatable {
  /// Of every leaf, in the order of the leaves.
  private(set) var values: [Double] = []
  /// By depth: where the children of each node begin, with the end behind the last.
  private(set) var starts: [[Int32]]
  /// By depth: which function of its angle each child stands for.
  private(set) var functions: [[Int32]]

  /// Coefficients below this share of the largest are rounding of the transform that made them.
  private static let negligible = 0x1p-52

  /// - Parameters:
  ///   - widths: how many functions each angle has.
  ///   - coefficients: one for every choice of functions, row-major.
  init(widths: [Int], coefficients: [Double]) {
    let p = widths.count
    starts = [[Int32]](repeating: [], count: p)
    functions = [[Int32]](repeating: [], count: p)
    if p > 0 { starts[0].append(0) }
    let threshold = CoefficientTree.negligible * (coefficients.map { abs($0) }.max() ?? 0)
    var digits = [Int](repeating: 0, count: p)
    var last = digits
    for (place, coefficient) in coefficients.enumerated() where abs(coefficient) > threshold {
      var rest = place
      for l in (0..<p).reversed() { (rest, digits[l]) = rest.quotientAndRemainder(dividingBy: widths[l]) }
      let shared = values.isEmpty ? 0 : (0..<p).first { digits[$0] != last[$0] } ?? p
      for l in shared..<p {
        if l > shared { starts[l].append(Int32(functions[l].count)) }
        functions[l].append(Int32(digits[l]))
      }
      values.append(coefficient)
      last = digits
    }
    for l in 0..<p { starts[l].append(Int32(functions[l].count)) }
  }

  /// How many nodes have this depth.
  func count(depth: Int) -> Int { depth == 0 ? 1 : functions[depth - 1].count }
}
