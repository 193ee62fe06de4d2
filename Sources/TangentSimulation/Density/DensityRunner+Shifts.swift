import CTangentVector
import TangentNumerics

extension DensityRunner {
  /// Predictions (positions, k), and slopes and centres (positions, k, rotations) of one unit.
  func shifts(
    _ unit: Int, predictions: UnsafeMutableBufferPointer<Double>,
    slopes: UnsafeMutableBufferPointer<Double>, centres: UnsafeMutableBufferPointer<Double>
  ) {
    let items = schedule.items(unit)
    let (k, rotations) = (outputCount, engine.plan.rotations)
    forward(items, block: -1, returns: true)
    for a in 0..<k {
      let prediction = predict(a, returns: true)
      for lane in 0..<items.count { predictions[items.positions[lane] * k + a] = prediction[lane] }
      backward()
      for number in 0..<rotations.count {
        let slope = scale * workspace.slotGradients[rotations[number]]
        let centre = prediction - scale * workspace.moving[rotations[number]]
        for lane in 0..<items.count {
          let place = (items.positions[lane] * k + a) * rotations.count + number
          (slopes[place], centres[place]) = (slope[lane], centre[lane])
        }
      }
    }
  }
}
