/// Eigenvalues that count as one: sorted neighbours closer than 1e-11 of the largest modulus.
///
/// Treating them as equal moves the flow's residuals by no more than that, far below its 1e-9.
struct EigenvalueGroups {
  static let tolerance = 1e-11

  /// Distinct eigenvalues, ascending; the mean of each group.
  private(set) var values: [Double] = []
  /// The group of each entry of the list.
  private(set) var groups: [Int]

  init(_ list: [Double]) {
    groups = [Int](repeating: 0, count: list.count)
    let limit = EigenvalueGroups.tolerance * (list.lazy.map(abs).max() ?? 0)
    var sum = 0.0
    var count = 0
    var previous = 0.0
    for index in list.indices.sorted(by: { list[$0] < list[$1] }) {
      if count > 0 && list[index] - previous > limit {
        values.append(sum / Double(count))
        (sum, count) = (0, 0)
      }
      groups[index] = values.count
      previous = list[index]
      sum += previous
      count += 1
    }
    if count > 0 { values.append(sum / Double(count)) }
  }
}
