/// The rules of the house: floors and their folders, what may name what, how long a file and how full a folder may be.
enum House {
  /// A floor imports only from floors below its own number.
  static let floors: [String: Int] = [
    "CTangent": 0, "CTangentVector": 0, "CTangentThreads": 0, "TangentNumerics": 1, "TangentCircuits": 2,
    "TangentOptimization": 2, "TangentSimulation": 3, "TangentClassical": 3, "TangentPropagation": 3,
    "TangentDynamics": 4,
    "TangentBounds": 4,
    "TangentTraining": 5, "TangentLandscape": 6, "QTangent": 7, "TangentCAPI": 7, "CTangentXLA": 8,
  ]

  /// The folders of the floors that have some: a file names only types of its own folder or of earlier ones.
  static let folders: [String: [String]] = [
    "TangentNumerics": ["Foundations", "Threads", "LinearAlgebra", "Integration", "Files"],
    "TangentCircuits": ["Gates", "Observables", "Channels", "Circuit", "Rewriting", "Library"],
    "TangentSimulation": [
      "Lanes", "Passes", "Plan", "Units", "Blocks", "Tiles", "ForwardMode", "Density", "Simulators",
      "Model", "Measurement",
    ],
    "TangentClassical": ["Kernels", "TwoLayer"],
    "TangentOptimization": ["Rules", "Runs"],
    "TangentCAPI": ["Boundary", "Circuits", "Models", "Training", "Landscape", "Classical"],
  ]

  /// Of the outside world nothing else: Foundation would double the library.
  static let outside: Set<String> = ["Glibc", "Darwin", "Synchronization", "Swift"]

  static let maximumLines = 500

  /// Swift files at a folder's own level.
  static let maximumFiles = 20

  /// What a Swift file of a target does against the rules.
  static func violations(in text: String, target: String) -> [String] {
    guard let floor = floors[target] else { return ["\(target) has no floor in the house"] }
    var result: [String] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.count - 1 > maximumLines {
      result.append("\(lines.count - 1) lines, at most \(maximumLines) are allowed")
    }
    let statements = lines.flatMap { $0.split(separator: ";") }
    for module in statements.compactMap(importedModule) where !outside.contains(module) {
      if let other = floors[module] {
        if other >= floor { result.append("\(target) (floor \(floor)) imports \(module) (floor \(other))") }
      } else {
        result.append("\(target) imports \(module), which is not part of the house")
      }
    }
    return result
  }

  /// `Module` of `import Module`, `@attribute public import struct Module.Name` and the like.
  static func importedModule(_ line: Substring) -> String? {
    let code = line.prefix { $0 != "/" }
    let words = code.split { $0 == " " || $0 == "\t" }
    guard let keyword = words.firstIndex(of: "import"),
      words[..<keyword].allSatisfy({ $0.hasPrefix("@") || accessLevels.contains($0) })
    else { return nil }
    let rest = words[(keyword + 1)...].drop { kinds.contains($0) }
    return rest.first.map { String($0.prefix { $0 != "." }) }
  }

  private static let accessLevels: Set<Substring> = [
    "public", "package", "internal", "fileprivate", "private",
  ]
  private static let kinds: Set<Substring> = [
    "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
  ]
}
