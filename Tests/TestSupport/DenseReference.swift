import Glibc
import TangentCircuits
import TangentNumerics

/// A simulator by plain matrices and definitions of its own, to compare the passes with.
public enum DenseReference {
  /// One factor of a circuit's unitary; evolutions also carry their generator.
  public struct Factor {
    public let matrix: ComplexMatrix
    public let generator: ComplexMatrix?
    public let angle: Angle
    /// Which instruction of the circuit it comes from, and which of its angles.
    public let instruction: Int
    public let angleIndex: Int
  }

  public static func unitary(_ circuit: Circuit, _ theta: [Double], _ x: [Double] = []) -> ComplexMatrix {
    factors(circuit, theta, x).reduce(.identity(1 << circuit.qubitCount)) { product($1.matrix, $0) }
  }

  /// <psi|U^dagger O U|psi> of every observable and its derivatives by the product rule, where dU inserts -i G:
  /// 2 Re <O U psi| after (-i G) before |psi>. For the parameters, and for the features.
  public static func predictionsAndGradients(
    _ circuit: Circuit, _ observables: [ComplexMatrix], theta: [Double], x: [Double] = [], psi: ComplexMatrix
  ) -> [(prediction: Double, gradient: [Double], featureGradient: [Double])] {
    let all = factors(circuit, theta, x)
    var before = [psi]
    for factor in all { before.append(product(factor.matrix, before.last!)) }
    return observables.map { observable in
      var left = product(observable, before.last!).adjoint
      let prediction = product(left, before.last!)[0, 0].re
      var gradient = [Double](repeating: 0, count: circuit.parameterCount)
      var features = [Double](repeating: 0, count: circuit.featureCount)
      for (k, factor) in all.enumerated().reversed() {
        if let generator = factor.generator {
          // Re(-i z) = Im z
          let value = 2 * product(left, product(generator, before[k + 1]))[0, 0].im
          for term in factor.angle.terms {
            switch term.factor {
            case .parameter(let p): gradient[p] += term.coefficient * value
            case .feature(let f): features[f] += term.coefficient * value
            case .parameterFeature(let p, let f):
              gradient[p] += term.coefficient * x[f] * value
              features[f] += term.coefficient * theta[p] * value
            case .featureFeature(let f, let g):
              features[f] += term.coefficient * x[g] * value
              features[g] += term.coefficient * x[f] * value
            }
          }
        }
        left = product(left, factor.matrix)
      }
      return (prediction, gradient, features)
    }
  }

  public static func factors(_ circuit: Circuit, _ theta: [Double], _ x: [Double]) -> [Factor] {
    let n = circuit.qubitCount
    return circuit.instructions.enumerated().flatMap { index, instruction -> [Factor] in
      func evolution(_ generator: ComplexMatrix, _ angleIndex: Int = 0) -> Factor {
        let angle = instruction.angles[angleIndex]
        let value = angle.value(parameters: theta, features: x)
        return Factor(
          matrix: embed(exponential(generator, value), instruction.qubits, n),
          generator: embed(generator, instruction.qubits, n), angle: angle, instruction: index,
          angleIndex: angleIndex)
      }
      func fixed(_ matrix: ComplexMatrix) -> Factor {
        Factor(
          matrix: embed(matrix, instruction.qubits, n), generator: nil, angle: Angle(), instruction: index,
          angleIndex: 0)
      }
      switch instruction.operation {
      case .unitary(let matrix): return [fixed(matrix)]
      case .channel: fatalError("a channel has no matrix")
      case .rotation(let letters): return [evolution(pauli(letters).scaled(by: 0.5))]
      case .evolution(let observable): return [evolution(operatorMatrix(observable))]
      case .gate(.u3):
        return [
          evolution(number.scaled(by: -1), 2), evolution(pauli("Y").scaled(by: 0.5), 0),
          evolution(number.scaled(by: -1), 1),
        ]
      case .gate(let gate):
        if let generator = generators[gate] { return [evolution(generator)] }
        return [fixed(fixedGates[gate]!)]
      }
    }
  }

  // MARK: Definitions

  static let number = matrix([[0, 0], [0, 1]])

  static func controlled(_ m: ComplexMatrix) -> ComplexMatrix {
    matrix([[1, 0], [0, 0]]).kronecker(.identity(m.rows)) + number.kronecker(m)
  }

  static let generators: [Gate: ComplexMatrix] = [
    .rx: pauli("X").scaled(by: 0.5), .ry: pauli("Y").scaled(by: 0.5), .rz: pauli("Z").scaled(by: 0.5),
    .phase: number.scaled(by: -1), .cp: number.kronecker(number).scaled(by: -1),
    .crx: number.kronecker(pauli("X")).scaled(by: 0.5), .cry: number.kronecker(pauli("Y")).scaled(by: 0.5),
    .crz: number.kronecker(pauli("Z")).scaled(by: 0.5), .rxx: pauli("XX").scaled(by: 0.5),
    .ryy: pauli("YY").scaled(by: 0.5), .rzz: pauli("ZZ").scaled(by: 0.5),
  ]

  static let fixedGates: [Gate: ComplexMatrix] = {
    let r = 0.5.squareRoot()
    let s = ComplexMatrix(rows: 2, columns: 2, re: [1, 0, 0, 0], im: [0, 0, 0, 1])
    let t = ComplexMatrix(rows: 2, columns: 2, re: [1, 0, 0, r], im: [0, 0, 0, r])
    // sx = e^(i pi/4) rx(pi/2)
    let sx = ComplexMatrix(rows: 2, columns: 2, re: [0.5, 0.5, 0.5, 0.5], im: [0.5, -0.5, -0.5, 0.5])
    let iswap = ComplexMatrix(
      rows: 4, columns: 4, re: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      im: [0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    return [
      .h: (pauli("X") + pauli("Z")).scaled(by: r), .x: pauli("X"), .y: pauli("Y"), .z: pauli("Z"), .s: s,
      .sdg: s.adjoint, .t: t, .tdg: t.adjoint, .sx: sx, .sxdg: sx.adjoint, .cx: controlled(pauli("X")),
      .cy: controlled(pauli("Y")), .cz: controlled(pauli("Z")),
      .swap: (pauli("II") + pauli("XX") + pauli("YY") + pauli("ZZ")).scaled(by: 0.5), .iswap: iswap,
      .iswapdg: iswap.adjoint, .ccx: controlled(controlled(pauli("X"))),
    ]
  }()

  static func matrix(_ rows: [[Double]]) -> ComplexMatrix {
    ComplexMatrix(
      rows: rows.count, columns: rows[0].count, re: rows.flatMap { $0 },
      im: rows.flatMap { $0.map { _ in 0 } })
  }

  public static func pauli(_ letters: String) -> ComplexMatrix {
    letters.reduce(.identity(1)) { result, letter in
      switch letter {
      case "X": result.kronecker(matrix([[0, 1], [1, 0]]))
      case "Y": result.kronecker(ComplexMatrix(rows: 2, columns: 2, re: [0, 0, 0, 0], im: [0, -1, 1, 0]))
      case "Z": result.kronecker(matrix([[1, 0], [0, -1]]))
      default: result.kronecker(.identity(2))
      }
    }
  }

  public static func operatorMatrix(_ observable: Observable) -> ComplexMatrix {
    let d = 1 << observable.qubitCount
    var result = observable.dense ?? ComplexMatrix(rows: d, columns: d)
    for term in observable.paulis {
      result =
        result + pauli(term.string.letters(register: observable.qubitCount)).scaled(by: term.coefficient)
    }
    for projector in observable.projectors {
      result.re[Int(projector.index) * (d + 1)] += projector.coefficient
    }
    return result
  }

  /// A k-qubit matrix on `qubits` of n, by summing over all index pairs.
  public static func embed(_ local: ComplexMatrix, _ qubits: [Int], _ n: Int) -> ComplexMatrix {
    let d = 1 << n
    func bits(_ index: Int) -> Int { qubits.reduce(0) { $0 << 1 | (index >> (n - 1 - $1)) & 1 } }
    let mask = qubits.reduce(0) { $0 | 1 << (n - 1 - $1) }
    var result = ComplexMatrix(rows: d, columns: d)
    for i in 0..<d {
      for j in 0..<d where i & ~mask == j & ~mask { result[i, j] = local[bits(i), bits(j)] }
    }
    return result
  }

  public static func product(_ a: ComplexMatrix, _ b: ComplexMatrix) -> ComplexMatrix {
    var result = ComplexMatrix(rows: a.rows, columns: b.columns)
    for i in 0..<a.rows {
      for k in 0..<a.columns {
        let (ar, ai) = a[i, k]
        for j in 0..<b.columns {
          let (br, bi) = b[k, j]
          result.re[i * b.columns + j] += ar * br - ai * bi
          result.im[i * b.columns + j] += ar * bi + ai * br
        }
      }
    }
    return result
  }

  /// exp(-i angle G): cos(g angle) - i sin(g angle) G/g where G^2 = g^2, else by scaling, Taylor series and squaring.
  public static func exponential(_ generator: ComplexMatrix, _ angle: Double) -> ComplexMatrix {
    let square = product(generator, generator)
    let identity = ComplexMatrix.identity(generator.rows)
    let g = max(square.re[0], 0).squareRoot()
    if g > 0, (square - identity.scaled(by: g * g)).maximumModulus == 0 {
      let sine = generator.scaled(by: sin(g * angle) / g)
      return identity.scaled(by: cos(g * angle))
        + ComplexMatrix(rows: sine.rows, columns: sine.columns, re: sine.im, im: sine.re.map { -$0 })
    }
    var squarings = 0
    var scaled = angle
    while abs(scaled) * generator.maximumModulus * Double(generator.rows) > 0.25 {
      scaled /= 2
      squarings += 1
    }
    let step = ComplexMatrix(
      rows: generator.rows, columns: generator.columns, re: generator.im.map { $0 * scaled },
      im: generator.re.map { -$0 * scaled })
    var sum = ComplexMatrix.identity(generator.rows)
    var term = sum
    for k in 1...16 {
      term = product(term, step).scaled(by: 1 / Double(k))
      sum = sum + term
    }
    for _ in 0..<squarings { sum = product(sum, sum) }
    return sum
  }
}
