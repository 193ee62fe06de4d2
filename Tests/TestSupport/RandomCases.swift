import TangentCircuits
import TangentNumerics
import TangentSimulation

/// Seeded random circuits, states and matrices for tests.
public struct RandomCases {
  public var random: Philox

  public init(seed: UInt64) { random = Philox(seed: seed) }

  public mutating func vector(_ count: Int, in range: ClosedRange<Double> = -3...3) -> [Double] {
    (0..<count).map { _ in range.lowerBound + (range.upperBound - range.lowerBound) * random.uniform() }
  }

  public mutating func hermitian(_ d: Int) -> ComplexMatrix {
    var a = ComplexMatrix(rows: d, columns: d)
    for k in 0..<(d * d) {
      a.re[k] = random.normal()
      a.im[k] = random.normal()
    }
    return (a + a.adjoint).scaled(by: 0.5)
  }

  public mutating func unitary(_ d: Int) -> ComplexMatrix {
    DenseReference.exponential(hermitian(d), 1.3)
  }

  /// Distinct qubits in random order.
  public mutating func qubits(_ count: Int, of n: Int) -> [Int] {
    var all = Array(0..<n)
    for k in 0..<count { all.swapAt(k, k + random.index(below: n - k)) }
    return Array(all[..<count])
  }

  /// (m, d) pure states in (re, im) pairs.
  public mutating func pureStates(_ m: Int, _ d: Int) -> [Double] {
    (0..<m).flatMap { _ -> [Double] in
      let v = (0..<(2 * d)).map { _ in random.normal() }
      let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return v.map { $0 / norm }
    }
  }

  /// A mixed state of the given rank.
  public mutating func mixedState(_ d: Int, rank: Int) -> ComplexMatrix {
    var rho = ComplexMatrix(rows: d, columns: d)
    let weights = (0..<rank).map { _ in random.uniform() + 0.1 }
    for weight in weights {
      let v = pureStates(1, d)
      for i in 0..<d {
        for j in 0..<d {
          let (ar, ai, br, bi) = (v[2 * i], v[2 * i + 1], v[2 * j], v[2 * j + 1])
          rho.re[i * d + j] += weight / weights.reduce(0, +) * (ar * br + ai * bi)
          rho.im[i * d + j] += weight / weights.reduce(0, +) * (ai * br - ar * bi)
        }
      }
    }
    return rho
  }

  /// One of every kind of angle, parameters up to `parameters`, features up to `features` (0: none).
  public mutating func angle(parameters: Int, features: Int) -> Angle {
    let p = random.index(below: parameters)
    guard features > 0 else {
      return random.uniform() < 0.2
        ? Angle(constant: 0.3, terms: [.init(0.7, .parameter(p)), .init(-1.4, .parameter(0))]) : .parameter(p)
    }
    let (f, g) = (random.index(below: features), random.index(below: features))
    switch random.index(below: 6) {
    case 0: return .feature(f)
    case 1: return Angle(constant: -0.4, terms: [.init(2, .parameter(p)), .init(0.5, .feature(f))])
    case 2: return Angle(terms: [.init(1.5, .parameterFeature(p, f))])
    case 3: return Angle(constant: 0.2, terms: [.init(0.3, .featureFeature(f, g)), .init(1, .parameter(p))])
    default: return .parameter(p)
    }
  }

  /// A circuit of random instructions of every kind the library has, each mixing at most `mixing` qubits.
  public mutating func circuit(
    qubits n: Int, length: Int, parameters: Int = 5, features: Int = 0, mixing: Int = .max
  ) throws -> Circuit {
    var circuit = try Circuit(qubitCount: n)
    let gates = Gate.allCases.filter { $0.definition.qubitCount <= min(n, mixing) }
    for _ in 0..<length {
      switch random.index(below: gates.count + 5) {
      case let k where k < gates.count:
        let definition = gates[k].definition
        let angles = (0..<definition.angleCount).map { _ in angle(parameters: parameters, features: features)
        }
        try circuit.append(gates[k], qubits: qubits(definition.qubitCount, of: n), angles: angles)
      case gates.count:
        let size = 1 + random.index(below: n)
        var mixed = 0
        let letters = String(
          (0..<size).map { _ -> Character in
            let letter = Array("IXYZ")[random.index(below: 4)]
            mixed += letter == "X" || letter == "Y" ? 1 : 0
            return mixed > mixing && letter != "I" ? "Z" : letter
          })
        try circuit.appendRotation(
          angle(parameters: parameters, features: features), pauli: letters, qubits: qubits(size, of: n))
      case gates.count + 1:
        let size = 1 + random.index(below: min(n, 3, mixing))
        try circuit.appendUnitary(unitary(1 << size), qubits: qubits(size, of: n))
      case gates.count + 2:
        let size = 1 + random.index(below: min(n, 2, mixing))
        try circuit.appendEvolution(
          angle(parameters: parameters, features: features), generator: .hermitian(hermitian(1 << size)),
          qubits: qubits(size, of: n))
      default:
        let size = min(n, mixing)
        let generator = try pauliSum(size, terms: 1 + random.index(below: 3))
        try circuit.appendEvolution(
          angle(parameters: parameters, features: features), generator: generator, qubits: qubits(size, of: n)
        )
      }
    }
    // Every index occurs, so that the counts are as asked.
    try circuit.append(.ry, qubits: [0], angles: [.parameter(parameters - 1)])
    if features > 0 { try circuit.append(.rx, qubits: [0], angles: [.feature(features - 1)]) }
    return circuit
  }

  public mutating func pauliSum(_ n: Int, terms: Int) throws -> Observable {
    var parts: [Observable] = []
    for _ in 0..<terms {
      parts.append(try .pauli(String((0..<n).map { _ in Array("IXYZ")[random.index(below: 4)] })))
    }
    return try .combination(parts, coefficients: vector(terms))
  }
}
