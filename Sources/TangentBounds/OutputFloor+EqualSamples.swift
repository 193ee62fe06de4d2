extension OutputFloor {
  /// Of equal samples the predictions are equal too: the best of each class of them is the mean of its labels, moved into
  /// the range. Also the samples of different labels in one class.
  static func ofEqualSamples(
    _ classes: [Int], _ labels: [Double], range: ClosedRange<Double>
  ) -> (floor: OutputFloor, worst: LabelReach.Pair?) {
    var sums = [Double](repeating: 0, count: (classes.max() ?? 0) + 1)
    var counts = sums
    for (number, label) in zip(classes, labels) {
      sums[number] += label
      counts[number] += 1
    }
    let predictions = classes.map { min(max(sums[$0] / counts[$0], range.lowerBound), range.upperBound) }
    let squares = zip(predictions, labels).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    var lowest: [Int: Int] = [:]
    var highest: [Int: Int] = [:]
    for (j, number) in classes.enumerated() {
      if labels[j] < labels[lowest[number] ?? j] || lowest[number] == nil { lowest[number] = j }
      if labels[j] > labels[highest[number] ?? j] || highest[number] == nil { highest[number] = j }
    }
    var worst: LabelReach.Pair?
    for number in lowest.keys.sorted() {
      let (a, b) = (lowest[number]!, highest[number]!)
      let gap = labels[b] - labels[a]
      if gap > 0, 0.5 * gap * gap > worst?.squares ?? 0 {
        worst = .init(first: min(a, b), second: max(a, b), squares: 0.5 * gap * gap, distance: 0)
      }
    }
    let loss = squares / Double(2 * labels.count)
    let floor = OutputFloor(
      pairwise: loss, collective: loss, isTight: false,
      closest: worst.map { Closest(first: $0.first, second: $0.second, overlap: 1) }, predictions: predictions
    )
    return (floor, worst)
  }
}
