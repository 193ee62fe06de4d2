/// One sequence as the columns of a pair: transposed, with zeros before its beginning and after its end, also in its tables,
/// so that sixteen neighbouring steps can be read anywhere near it.
struct PaddedSequence {
  static let margin = Sixteen.count - 1

  let length: Int
  /// Numbers a row; a multiple of sixteen.
  let stride: Int
  /// (dimension, stride)
  let inputs: [Double]
  /// (layers, stride)
  let amplitudes: [Double]
  let inverses: [Double]

  init(_ member: Int, of sequences: Sequences, _ variances: SequenceVariances, layers: Int) {
    let (length, dimension) = (sequences.lengths[member], sequences.dimension)
    let stride = (length + 2 * PaddedSequence.margin + Sixteen.count - 1) / Sixteen.count * Sixteen.count
    var inputs = [Double](repeating: 0, count: dimension * stride)
    var amplitudes = [Double](repeating: 0, count: layers * stride)
    var inverses = amplitudes
    for t in 0..<length {
      for (k, value) in sequences.step(t, of: member).enumerated() {
        inputs[k * stride + PaddedSequence.margin + t] = value
      }
      for layer in 0..<layers {
        let (from, to) = (
          variances.starts[member] + layer * length + t, layer * stride + PaddedSequence.margin + t
        )
        amplitudes[to] = variances.amplitudes[from]
        inverses[to] = variances.inverses[from]
      }
    }
    self.length = length
    self.stride = stride
    self.inputs = inputs
    self.amplitudes = amplitudes
    self.inverses = inverses
  }
}
