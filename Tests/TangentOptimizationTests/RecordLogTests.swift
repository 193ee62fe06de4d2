import Testing

@testable import TangentOptimization

@Suite struct RecordLogTests {
  /// Loss 100 step + set, theta (set, entry) with the step in front.
  private func point(_ step: Int, sets: Int) -> RecordPoint {
    var parameters: [Double] = []
    for set in 0..<sets { for entry in 0..<3 { parameters.append(Double(100 * step + 10 * set + entry)) } }
    return RecordPoint(
      step: step, loss: (0..<sets).map { Double(100 * step + $0) }, parameters: parameters)
  }

  /// Points come step by step with all sets; the record has the sets in front.
  @Test(arguments: [1, 2, 4]) func setsComeFirst(sets: Int) {
    var log = RecordLog()
    for step in [0, 3, 7] { log.put(point(step, sets: sets), at: step) }
    let record = log.record(setCount: sets, timePerStep: 0.5, schedule: nil)
    #expect(record.steps == [0, 3, 7])
    #expect(record.time == [0, 1.5, 3.5])
    var (loss, theta) = ([Double](), [Double]())
    for set in 0..<sets {
      for step in [0, 3, 7] {
        loss.append(Double(100 * step + set))
        for entry in 0..<3 { theta.append(Double(100 * step + 10 * set + entry)) }
      }
    }
    #expect(record.loss == loss)
    #expect(record.theta == theta)
    #expect(record.predictions.isEmpty && record.kernel.isEmpty && record.gradientNorm.isEmpty)
  }

  /// The end of one `advance` gives way to what the next one records there, or to nothing.
  @Test func theEndOfAnEarlierPartGivesWay() {
    var (whole, parts) = (RecordLog(), RecordLog())
    for step in [0, 2, 4] { whole.put(point(step, sets: 2), at: step) }
    for step in [0, 2, 3] { parts.put(point(step, sets: 2), at: step) }
    parts.put(nil, at: 3)
    parts.put(point(4, sets: 2), at: 4)
    parts.put(point(4, sets: 2), at: 4)
    #expect(parts == whole)
    parts.put(nil, at: 5)
    #expect(parts == whole)
  }
}
