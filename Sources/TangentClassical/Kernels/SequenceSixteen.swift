/// Sixteen sequences side by side, their ends aligned: before its beginning a sequence has zeros, also in the tables, so that
/// it takes no part there.
struct SequenceSixteen: Sendable {
  /// Which sequences; fewer than sixteen at the end of a set.
  let members: ArraySlice<Int>
  let steps: Int
  let lengths: [Int]
  /// (steps, dimension, 16)
  let inputs: [Double]
  /// (layers, steps, 16)
  let amplitudes: [Double]
  let inverses: [Double]

  init(_ members: ArraySlice<Int>, of sequences: Sequences, _ variances: SequenceVariances, layers: Int) {
    self.members = members
    lengths = members.map { sequences.lengths[$0] }
    let (steps, dimension) = (lengths.max() ?? 0, sequences.dimension)
    self.steps = steps
    var inputs = [Double](repeating: 0, count: steps * dimension * Sixteen.count)
    var amplitudes = [Double](repeating: 0, count: layers * steps * Sixteen.count)
    var inverses = amplitudes
    for (lane, member) in members.enumerated() {
      let length = sequences.lengths[member]
      for t in 0..<length {
        let place = steps - length + t
        for (k, value) in sequences.step(t, of: member).enumerated() {
          inputs[(place * dimension + k) * Sixteen.count + lane] = value
        }
        for layer in 0..<layers {
          let entry = (layer * steps + place) * Sixteen.count + lane
          amplitudes[entry] = variances.amplitudes[variances.starts[member] + layer * length + t]
          inverses[entry] = variances.inverses[variances.starts[member] + layer * length + t]
        }
      }
    }
    self.inputs = inputs
    self.amplitudes = amplitudes
    self.inverses = inverses
  }
}
