/// The recursion of sixteen pairs of sequences, one step after the other:
///
///     K_l = sigma_w^2 S_l(before) + sigma_u^2 S_(l-1) + sigma_b^2,  S_l = V[K_l]
///     Theta_l = K_l + sigma_w^2 P_l(before) + sigma_u^2 P_(l-1),    P_l = V'[K_l] Theta_l
///
/// with sigma_u^2 x_t.x'_s/m in place of sigma_u^2 S_0. The tangent kernel is sigma_v^2 (S_L + P_L), the covariance of the
/// outputs sigma_v^2 S_L.
struct PairRecursion<Activation: LaneActivation> {
  private let layers: Int
  private let frozenLayers: Int
  private let w2: Sixteen
  private let u2: Sixteen
  private let b2: Sixteen
  private let values: UnsafeMutablePointer<Sixteen>
  private let slopes: UnsafeMutablePointer<Sixteen>

  /// - Parameter state: 2 layers sixteens, the recursion's own as long as it lives.
  init(_ network: RecurrentNetwork, state: UnsafeMutablePointer<Sixteen>) {
    layers = network.layers
    frozenLayers = network.frozenLayers
    w2 = Sixteen(network.sigmaW * network.sigmaW)
    u2 = Sixteen(network.sigmaU * network.sigmaU)
    b2 = Sixteen(network.sigmaB * network.sigmaB)
    values = state
    slopes = state + layers
  }

  /// - Parameter initial: the covariance of the initial states.
  @inline(__always) func begin(initial: Sixteen) {
    for layer in 0..<layers {
      values[layer] = initial
      slopes[layer] = Sixteen(0)
    }
  }

  /// Goes on by one step.
  /// - Parameters:
  ///   - input: sigma_u^2 x_t.x'_s/m + sigma_b^2.
  ///   - row, column: at the step's entry of the amplitudes of layer 0; the inverses and those of further layers are so
  ///     many numbers on. Of the row one number serves all lanes.
  /// - Returns: S_L and P_L.
  @inline(__always) func advance(
    input: Sixteen, row: TableEntry, column: TableEntry
  ) -> (value: Sixteen, slope: Sixteen) {
    var below = input
    var tangentBelow = Sixteen(0)
    var top = (value: below, slope: tangentBelow)
    for layer in 0..<layers {
      let covariance = Sixteen.fma(w2, values[layer], below)
      var tangent = Sixteen.fma(w2, slopes[layer], tangentBelow)
      if layer >= frozenLayers { tangent = tangent + covariance }
      let (a, b) = (layer &* row.layerStride, layer &* column.layerStride)
      let found = Activation.expectations(
        covariance: covariance,
        amplitude: Sixteen(row.amplitudes[a]) * Sixteen(at: column.amplitudes + b),
        inverse: Sixteen(row.inverses[a]) * Sixteen(at: column.inverses + b))
      top = (found.value, found.slope * tangent)
      values[layer] = top.value
      slopes[layer] = top.slope
      below = Sixteen.fma(u2, top.value, b2)
      tangentBelow = u2 * top.slope
    }
    return top
  }
}

/// A step's place in the tables of `SequenceVariances`.
struct TableEntry {
  var amplitudes: UnsafePointer<Double>
  var inverses: UnsafePointer<Double>
  var layerStride: Int

  @inline(__always) func at(_ offset: Int) -> TableEntry {
    TableEntry(
      amplitudes: amplitudes + offset, inverses: inverses + offset, layerStride: layerStride)
  }
}
