import TangentNumerics
import TangentSimulation

extension InputData {
  /// The same number for samples with the same features and states.
  var equalSamples: [Int] {
    let width = states.count / sampleCount
    var numbers: [[Double]: Int] = [:]
    var classes: [Int] = []
    for j in 0..<sampleCount {
      let features = features[j * featureCount..<(j + 1) * featureCount]
      let sample = Array(features + states[j * width..<(j + 1) * width])
      let number = numbers[sample] ?? numbers.count
      numbers[sample] = number
      classes.append(number)
    }
    return classes
  }

  func densityMatrix(_ sample: Int, dimension d: Int) -> ComplexMatrix {
    states[2 * d * d * sample..<2 * d * d * (sample + 1)].withUnsafeBufferPointer {
      ComplexMatrix(rows: d, columns: d, interleaved: $0)
    }
  }
}
