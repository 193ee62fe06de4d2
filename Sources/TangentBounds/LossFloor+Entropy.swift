import TangentNumerics
import TangentSimulation

extension LossFloor {
  /// Equal samples have equal predictions, so by Gibbs' inequality a group of n of them with label frequencies q
  /// contributes at least n times the entropy of q.
  public init(_ data: InputData, labels: [Int]) {
    basis = .equalSamplesOfClasses
    let classes = data.equalSamples
    var total = 0.0
    for (_, members) in Dictionary(grouping: classes.indices, by: { classes[$0] }).sorted(by: {
      $0.key < $1.key
    }) {
      for label in Set(members.map { labels[$0] }).sorted() {
        let count = Double(members.count { labels[$0] == label })
        total -= count * log(count / Double(members.count)) / Double(labels.count)
      }
      if pair == nil, let other = members.first(where: { labels[$0] != labels[members[0]] }) {
        pair = Pair(first: members[0], second: other, output: 0, distance: 0)
      }
    }
    if total > 0 { loss = total }
  }
}
