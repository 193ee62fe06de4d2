import CTangentVector
import TangentNumerics

/// Value and derivatives of a polynomial at four points, one a lane: its coefficients are contracted with the functions of
/// one angle after the other, the last angle first.
///
/// On the way there are the nodes of the coefficients' tree at the depth of the remaining angles, once for the value and
/// once for each derivative with respect to the angles that are done. The first contraction meets all coefficients; of a
/// full tree it leaves one in 2 D + 1, so that second derivatives together cost about five multiply-adds a coefficient,
/// and third ones six.
struct JetContraction {
  /// Nodes after an angle's contraction: from those before, with that angle's functions differentiated so often.
  private struct Step: BitwiseCopyable {
    let source: Int
    let derivative: Int
  }

  private let degrees: [Int]
  private let tree: CoefficientTree
  private let order: Int
  /// By how many angles are done.
  private let steps: [[Step]]
  /// How often each entry of the result differentiates each angle.
  private let exponents: [[Int]]
  private let memory: LaneMemory
  private let half: Int
  private let angles: LaneMemory

  init(_ polynomial: TrigonometricPolynomial, order: DerivativeOrder) {
    degrees = polynomial.degrees
    tree = polynomial.tree
    self.order = order.rawValue
    (steps, exponents) = JetContraction.steps(
      angles: polynomial.angleCount, order: order.rawValue)
    half = JetContraction.half(polynomial, steps)
    memory = LaneMemory(count: 2 * half + (order.rawValue + 1) * JetContraction.widest(polynomial))
    angles = LaneMemory(count: polynomial.angleCount)
  }

  /// How many lanes of memory an evaluation takes.
  static func lanes(_ polynomial: TrigonometricPolynomial, order: DerivativeOrder) -> Int {
    2 * half(polynomial, steps(angles: polynomial.angleCount, order: order.rawValue).steps)
      + (order.rawValue + 1) * widest(polynomial) + polynomial.angleCount
  }

  private static func widest(_ polynomial: TrigonometricPolynomial) -> Int {
    1 + 2 * (polynomial.degrees.max() ?? 0)
  }

  private static func half(_ polynomial: TrigonometricPolynomial, _ steps: [[Step]]) -> Int {
    var most = 1
    for (done, row) in steps.enumerated() {
      most = max(most, polynomial.tree.count(depth: polynomial.angleCount - 1 - done) * row.count)
    }
    return most
  }

  private static func steps(angles p: Int, order: Int) -> (steps: [[Step]], exponents: [[Int]]) {
    var steps: [[Step]] = []
    var exponents: [[Int]] = [[]]
    for _ in 0..<p {
      var (next, row): ([[Int]], [Step]) = ([], [])
      for (source, exponent) in exponents.enumerated() {
        for derivative in 0...(order - exponent.reduce(0, +)) {
          row.append(Step(source: source, derivative: derivative))
          next.append([derivative] + exponent)
        }
      }
      (exponents, steps) = (next, steps + [row])
    }
    return (steps, exponents)
  }

  /// Where the result keeps the derivative with respect to these angles, once for each time that they are named.
  func place(of angles: Int...) -> Int {
    var wanted = [Int](repeating: 0, count: degrees.count)
    for angle in angles { wanted[angle] += 1 }
    return exponents.firstIndex(of: wanted)!
  }

  /// Value and derivatives at up to four points (points, p), one a lane, in lanes beyond them those of the last;
  /// `place(of:)` tells which is where.
  @inline(never)
  func evaluate(_ points: UnsafePointer<Double>, count: Int) -> UnsafePointer<Lane> {
    for l in degrees.indices {
      for lane in 0..<Lane.scalarCount {
        angles.pointer[l][lane] = points[min(lane, count &- 1) &* degrees.count &+ l]
      }
    }
    var (source, target) = (memory.pointer, memory.pointer + half)
    let basis = memory.pointer + 2 * half
    for (done, row) in steps.enumerated() {
      let l = degrees.count - 1 - done
      let (old, new) = (tree.count(depth: l &+ 1), tree.count(depth: l))
      fill(basis, angles.pointer[l], degree: degrees[l])
      let width = 2 &* degrees[l] &+ 1
      tree.starts[l].withUnsafeBufferPointer { starts in
        tree.functions[l].withUnsafeBufferPointer { functions in
          for (number, step) in row.enumerated() {
            let (own, out) = (basis + step.derivative &* width, target + number &* new)
            if done == 0 {
              contractValues(own, starts, functions, into: out)
            } else {
              contract(source + step.source &* old, own, starts, functions, into: out)
            }
          }
        }
      }
      swap(&source, &target)
    }
    return UnsafePointer(source)
  }

  /// The functions of one angle, and each of their derivatives behind those before.
  private func fill(_ basis: UnsafeMutablePointer<Lane>, _ angle: Lane, degree: Int) {
    let n = 2 * degree + 1
    for derivative in 0...order { basis[derivative &* n] = derivative == 0 ? Lane(repeating: 1) : .zero }
    for k in stride(from: 1, through: degree, by: 1) {
      let frequency = Double(k)
      var (sine, cosine) = (Lane.zero, Lane.zero)
      for lane in 0..<Lane.scalarCount {
        var (s, c) = (0.0, 0.0)
        ctv_sincos(frequency * angle[lane], &s, &c)
        (sine[lane], cosine[lane]) = (s, c)
      }
      for derivative in 0...order {
        let place = derivative &* n &+ 2 &* k &- 1
        (basis[place], basis[place &+ 1]) = (cosine, sine)
        (cosine, sine) = (-frequency * sine, frequency * cosine)
      }
    }
  }

  private func contractValues(
    _ basis: UnsafePointer<Lane>, _ starts: UnsafeBufferPointer<Int32>,
    _ functions: UnsafeBufferPointer<Int32>,
    into out: UnsafeMutablePointer<Lane>
  ) {
    tree.values.withUnsafeBufferPointer { values in
      for node in 0..<(starts.count &- 1) {
        var sum = Lane.zero
        for child in Int(starts[node])..<Int(starts[node &+ 1]) {
          sum = ctv_fma(Lane(repeating: values[child]), basis[Int(functions[child])], sum)
        }
        out[node] = sum
      }
    }
  }

  private func contract(
    _ source: UnsafePointer<Lane>, _ basis: UnsafePointer<Lane>, _ starts: UnsafeBufferPointer<Int32>,
    _ functions: UnsafeBufferPointer<Int32>, into out: UnsafeMutablePointer<Lane>
  ) {
    for node in 0..<(starts.count &- 1) {
      var sum = Lane.zero
      for child in Int(starts[node])..<Int(starts[node &+ 1]) {
        sum = ctv_fma(source[child], basis[Int(functions[child])], sum)
      }
      out[node] = sum
    }
  }
}
