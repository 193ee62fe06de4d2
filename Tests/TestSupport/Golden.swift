import Foundation
import TangentCircuits
import TangentNumerics
import TangentSimulation

/// A value of a golden file.
public enum GoldenValue: Decodable, Sendable {
  case number(Double)
  case text(String)
  case list([GoldenValue])
  case object([String: GoldenValue])

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([GoldenValue].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: GoldenValue].self))
    }
  }

  /// All numbers inside lists of any depth, in order.
  public var numbers: [Double] {
    switch self {
    case .number(let number): [number]
    case .list(let list): list.flatMap(\.numbers)
    case .text, .object: []
    }
  }

  public var items: [GoldenValue] {
    if case .list(let list) = self { list } else { [] }
  }

  public var text: String {
    if case .text(let text) = self { text } else { "" }
  }

  public var keys: [String] {
    if case .object(let object) = self { object.keys.sorted() } else { [] }
  }

  /// A missing key stops the test: a golden figure that is not there must not pass for one that agrees.
  public subscript(key: String) -> GoldenValue {
    guard case .object(let object) = self, let value = object[key] else {
      fatalError("the golden file has no \"\(key)\" here")
    }
    return value
  }
}

/// One problem of `Tests/Golden/convergence.json`.
public struct GoldenCase: Sendable, CustomStringConvertible {
  public let name: String
  public let inputs: GoldenValue
  public let outputs: GoldenValue

  public var description: String { name }

  public var labels: [Double] { inputs["labels"].numbers }

  public func model() throws -> Model {
    let terms = inputs["observable_M0_pauli_terms"].items
    let observable = try Observable.combination(
      terms.map { try Observable.pauli($0.items[0].text) }, coefficients: terms.map { $0.items[1].numbers[0] }
    )
    return try Model(circuit: circuit(), observables: [observable])
  }

  public func theta() throws -> ParameterSets { try ParameterSets(inputs["theta0"].numbers) }

  public func data() throws -> InputData { try data(of: "input_statevectors") }

  public func data(of key: String) throws -> InputData {
    let states = inputs[key].items.map { zip($0["re"].numbers, $0["im"].numbers).flatMap { [$0, $1] } }
    return try InputData(
      sampleCount: states.count, states: states.flatMap { $0 }, stateKind: .pure,
      dimension: states[0].count / 2)
  }

  private func circuit() throws -> Circuit {
    let n = Int(inputs["n_qubits"].numbers[0])
    let all = Array(0..<n)
    var circuit = try Circuit(qubitCount: n)
    var next = 0
    for gate in inputs["circuit_time_order"].items {
      switch gate["gate"].text {
      case "rot":
        try circuit.appendRotation(.parameter(next), pauli: gate["pauli"].text, qubits: all)
        next += 1
      case "exp":
        try circuit.appendEvolution(.parameter(next), generator: .pauli(gate["pauli"].text), qubits: all)
        next += 1
      case "dftphase":
        try circuit.appendUnitary(GoldenCase.phasedFourier(1 << n, layer: gate["l"].numbers[0]), qubits: all)
      case "cz": try circuit.append(.cz, qubits: gate["qubits"].numbers.map { Int($0) })
      default: fatalError("the golden file has an unknown gate \"\(gate["gate"].text)\"")
      }
    }
    return circuit
  }

  /// F diag(exp(0.37 i (layer + 1) k^2)), F_jk = exp(2 pi i j k/d)/sqrt d
  private static func phasedFourier(_ d: Int, layer: Double) -> ComplexMatrix {
    var result = ComplexMatrix(rows: d, columns: d)
    for j in 0..<d {
      for k in 0..<d {
        let angle = 2 * Double.pi * Double(j * k % d) / Double(d) + 0.37 * (layer + 1) * Double(k * k)
        result[j, k] = (cos(angle) / Double(d).squareRoot(), sin(angle) / Double(d).squareRoot())
      }
    }
    return result
  }
}

public enum Golden {
  /// The problems that hold a circuit.
  public static let convergence: [GoldenCase] = cases(in: "convergence.json").filter {
    $0.inputs.keys.contains("circuit_time_order")
  }

  private static func cases(in file: String) -> [GoldenCase] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    do {
      let data = try Data(contentsOf: folder.appendingPathComponent("Golden/\(file)"))
      let root = try JSONDecoder().decode(GoldenValue.self, from: data)
      return root["cases"].items.map {
        GoldenCase(name: $0["name"].text, inputs: $0["inputs"], outputs: $0["outputs"])
      }
    } catch {
      fatalError("Tests/Golden/\(file): \(error)")
    }
  }
}
