import TangentCircuits
import TangentNumerics

/// One qubit each: the Bloch vectors of a state that one-qubit gates make of |0...0>.
struct ProductState: Sendable {
  /// (x, y, z) of each qubit.
  private var bloch: [SIMD3<Double>]

  init(qubitCount: Int) { bloch = [SIMD3](repeating: SIMD3(0, 0, 1), count: qubitCount) }

  /// Gates on one qubit, without parameters.
  static func takes(_ operation: ElementaryOperation) -> Bool {
    switch operation {
    case .fixed(_, let qubits): qubits.count == 1
    case .evolution(.paulis(let terms, controls: 0), let angle):
      !angle.dependsOnParameters && terms.reduce(0) { $0 | $1.string.support }.nonzeroBitCount <= 1
    case .evolution, .channel: false
    }
  }

  mutating func apply(_ operation: ElementaryOperation, _ features: [Double], register n: Int) {
    switch operation {
    case .channel: return
    case .fixed(let matrix, let qubits): bloch[qubits[0]] = turned(bloch[qubits[0]], by: matrix)
    case .evolution(let generator, let angle):
      guard case .paulis(let terms, controls: 0) = generator else { return }
      // exp(-i a h.sigma) turns by 2 a |h| about h.
      var axis = SIMD3<Double>()
      var support: QubitMask = 0
      for term in terms where term.string != .identity {
        support = term.string.support
        axis[(term.string.x == 0 ? 2 : term.string.z == 0 ? 0 : 1)] += term.coefficient
      }
      let length = (axis * axis).sum().squareRoot()
      guard length > 0 else { return }
      let qubit = n - 1 - support.trailingZeroBitCount
      let (cosine, sine) = direction(2 * length * angle.value(parameters: [], features: features))
      bloch[qubit] = rotated(bloch[qubit], about: axis / length, cosine, sine)
    }
  }

  /// tr(A rho)
  func expectation(_ string: PauliString) -> Double {
    var result = 1.0
    var support = string.support
    while support != 0 {
      let bit = support & (~support &+ 1)
      support ^= bit
      let vector = bloch[bloch.count - 1 - bit.trailingZeroBitCount]
      result *= string.x & bit == 0 ? vector.z : string.z & bit == 0 ? vector.x : vector.y
    }
    return result
  }

  /// Rodrigues' formula.
  private func rotated(
    _ vector: SIMD3<Double>, about axis: SIMD3<Double>, _ cosine: Double, _ sine: Double
  ) -> SIMD3<Double> {
    let cross = SIMD3(
      axis.y * vector.z - axis.z * vector.y, axis.z * vector.x - axis.x * vector.z,
      axis.x * vector.y - axis.y * vector.x)
    return cosine * vector + sine * cross + (1 - cosine) * (axis * vector).sum() * axis
  }

  /// The Bloch vector of U rho U^dagger, from its matrix.
  private func turned(_ vector: SIMD3<Double>, by matrix: ComplexMatrix) -> SIMD3<Double> {
    var rho = ComplexMatrix(rows: 2, columns: 2)
    rho[0, 0] = ((1 + vector.z) / 2, 0)
    rho[1, 1] = ((1 - vector.z) / 2, 0)
    rho[0, 1] = (vector.x / 2, -vector.y / 2)
    rho[1, 0] = (vector.x / 2, vector.y / 2)
    let moved = matrix.multiplied(by: rho).multiplied(by: matrix.adjoint)
    return SIMD3(2 * moved[1, 0].re, 2 * moved[1, 0].im, moved[0, 0].re - moved[1, 1].re)
  }
}
