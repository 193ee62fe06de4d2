import TangentNumerics

/// The population loss of a two-layer student f(x) = sum_j |w_j| phi(w_j.x) beside a teacher of r neurons, whose inputs are
/// standard normal (Zhou, Ge, Jin, COLT 2021; closed forms derived in docs/classical.md).
///
/// With the signed masses A = |w_j|^2, -|w*_i|^2... of all neurons' directions z_p, L = 1/2 sum_pq A_p A_q k(z_p.z_q).
/// The teacher is sum_i |w*_i.x|: its mass is |w*_i|.
public struct TeacherStudent: Sendable {
  public enum Activation: Sendable { case absoluteValue, relu }

  public let activation: Activation
  public let dimension: Int
  public let teacherCount: Int
  /// (r, d), as given.
  public let teacher: [Double]
  /// Directions and masses of the teacher's neurons.
  let directions: [Double]
  let masses: [Double]
  /// 1/2 sum_pq over the teacher alone.
  let teacherEnergy: Double

  /// - Parameter teacher: (r, d), row by row.
  /// - Throws: for a neuron that is zero, and for two that are one: of relu in one direction, of |.| on one line.
  public init(teacher: [Double], dimension: Int, activation: Activation) throws(TangentError) {
    guard dimension >= 1, !teacher.isEmpty, teacher.count.isMultiple(of: dimension) else {
      throw .invalid(
        "the teacher has \(teacher.count) entries, which are no neurons of dimension \(dimension)")
    }
    let count = teacher.count / dimension
    var directions = teacher
    var masses: [Double] = []
    for neuron in 0..<count {
      let range = (neuron * dimension)..<((neuron + 1) * dimension)
      let size = teacher[range].reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard size > 0, size.isFinite else {
        throw .invalid("neuron \(neuron) of the teacher is zero or too large; every neuron needs a direction")
      }
      for k in range { directions[k] /= size }
      masses.append(size)
    }
    let hasSigns = activation == .relu
    for first in 0..<count {
      for second in 0..<first
      where TeacherStudent.angle(directions, first, second, dimension, hasSigns) < TeacherStudent.leastAngle {
        throw .invalid(
          "neurons \(second) and \(first) of the teacher are parallel; give one that is as long as both together"
        )
      }
    }
    self.activation = activation
    self.teacher = teacher
    self.dimension = dimension
    teacherCount = count
    self.directions = directions
    self.masses = masses
    var energy = 0.0
    for first in 0..<count {
      for second in 0..<count {
        let cosine = (0..<dimension).reduce(0.0) {
          $0 + directions[first * dimension + $1] * directions[second * dimension + $1]
        }
        energy += masses[first] * masses[second] * TeacherStudent.kernel(cosine, activation) / 2
      }
    }
    teacherEnergy = energy
  }

  private static let leastAngle = 1e-7

  /// E phi(a.x) phi(b.x) of unit vectors at this cosine.
  static func kernel(_ cosine: Double, _ activation: Activation) -> Double {
    let c = min(max(cosine, -1), 1)
    let absolute = 2 / .pi * (((1 - c) * (1 + c)).squareRoot() + c * asin(c))
    // relu is half of |.| plus half of its argument.
    return activation == .absoluteValue ? absolute : (absolute + c) / 4
  }

  /// Between directions, or between lines without signs; two roots lose no digits where an arc cosine would.
  private static func angle(
    _ directions: [Double], _ first: Int, _ second: Int, _ dimension: Int, _ hasSigns: Bool
  ) -> Double {
    var (sum, difference) = (0.0, 0.0)
    for k in 0..<dimension {
      let (a, b) = (directions[first * dimension + k], directions[second * dimension + k])
      sum += (a + b) * (a + b)
      difference += (a - b) * (a - b)
    }
    let isOpposite = !hasSigns && sum < difference
    return 2
      * atan2((isOpposite ? sum : difference).squareRoot(), (isOpposite ? difference : sum).squareRoot())
  }
}
