import TangentNumerics

/// Doubles for all lanes of a block, four or eight.
protocol DoubleLanes: SIMD, BitwiseCopyable where Scalar == Double {
  /// Made of quarters: four doubles by number.
  init(lanes: (Int) -> Lane)
  var sineAndCosine: (sine: Self, cosine: Self) { get }
}

extension DoubleLanes {
  /// How many lane vectors of four doubles it has.
  @inline(__always) static var laneCount: Int { scalarCount / Lane.scalarCount }
}

extension Lane: DoubleLanes {
  @inline(__always) init(lanes: (Int) -> Lane) { self = lanes(0) }
  @inline(__always) var sineAndCosine: (sine: Lane, cosine: Lane) { TangentSimulation.sineAndCosine(self) }
}

extension SIMD8<Double>: DoubleLanes {
  @inline(__always) init(lanes: (Int) -> Lane) { self.init(lowHalf: lanes(0), highHalf: lanes(1)) }
  @inline(__always) var sineAndCosine: (sine: Self, cosine: Self) {
    let (low, high) = (TangentSimulation.sineAndCosine(lowHalf), TangentSimulation.sineAndCosine(highHalf))
    return (
      Self(lowHalf: low.sine, highHalf: high.sine), Self(lowHalf: low.cosine, highHalf: high.cosine)
    )
  }
}
