import Foundation
import Testing

@Suite struct HouseTests {
  static let sources = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sources")

  /// Every target's Swift files.
  private func files() throws -> [(target: String, path: String, text: String)] {
    var result: [(target: String, path: String, text: String)] = []
    for target in try FileManager.default.contentsOfDirectory(atPath: Self.sources.path).sorted() {
      let folder = Self.sources.appendingPathComponent(target)
      for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
      where path.hasSuffix(".swift") {
        let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
        result.append((target, "\(target)/\(path)", text))
      }
    }
    return result
  }

  @Test func everyFileKeepsTheRules() throws {
    let files = try files()
    #expect(Set(files.map(\.target)) == Set(House.floors.keys.filter { !$0.hasPrefix("CTangent") }))
    for file in files {
      #expect(House.violations(in: file.text, target: file.target) == [], "\(file.path)")
    }
  }

  @Test func everyFolderOfSourcesHasAFloor() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
    #expect(Set(folders) == Set(House.floors.keys))
  }

  /// What a configuration controls is resolved in circuits: nothing above them but the C interface names it.
  @Test func configurationsStayBelowTheSimulator() throws {
    let floor = try #require(House.floors["TangentCircuits"])
    let above = try files().filter {
      House.floors[$0.target, default: 0] > floor && $0.target != "TangentCAPI"
    }
    #expect(above.count > 50)
    let names = ["configurationKeys", "ConfigurationTerm", ".configuration", "bound(to:"]
    for file in above {
      #expect(!names.contains { file.text.contains($0) }, "\(file.path)")
    }
    let circuits = try files().filter { $0.target == "TangentCircuits" }.map(\.text).joined()
    for name in names { #expect(circuits.contains(name), "\(name)") }
  }

  @Test func everyFolderKeepsTheOrder() throws {
    let floors = Dictionary(grouping: try files(), by: \.target).mapValues { files in
      files.map { FloorFile(String($0.path.drop { $0 != "/" }.dropFirst()), $0.text) }
    }
    for (floor, files) in floors.sorted(by: { $0.key < $1.key }) {
      #expect(House.violations(inNamesOf: files) == [], "\(floor)")
      #expect(House.violations(in: files, order: House.folders[floor] ?? [""]) == [], "\(floor)")
    }
    #expect(Set(House.folders.keys).isSubset(of: floors.keys))
  }

  @Test func theOrderOfFoldersBites() {
    let order = ["Lanes", "Plan"]
    let plan = FloorFile("Plan/Plan.swift", "public final class Plan {\n  struct Slot {}\n}\n")
    func broken(_ text: String, at path: String = "Lanes/Lane.swift") -> [String] {
      House.violations(in: [FloorFile(path, text), plan], order: order)
    }
    #expect(broken("let plan: Plan? = nil\n") == ["Lanes/Lane.swift names Plan of the later folder Plan"])
    #expect(broken("func f(_ x: Outer.Slot) {}\n").count == 1)
    #expect(broken("extension Array where Element == Plan {}\n").count == 1)
    #expect(broken("let text = \"\"\"\n  a\n  \"\"\"; let plan = [Plan]()\n").count == 1)
    #expect(broken("let one = \"/*\"; let plan = Plan.self; let two = \"*/\"\n").count == 1)
    #expect(broken("let plan: Plan? = nil\n", at: "Plan/Other.swift") == [])
    #expect(broken("// Plan\n/* Plan /* Plan */ Plan */ let text = \"a \\\" Plan\"\n") == [])
    #expect(broken("let text = \"\"\"\n  a \"Plan\"\n  \"\"\"\n") == [])
    #expect(broken("struct Slot {}\nlet slot = Slot()\n") == [])
    #expect(broken("let PlanOfLanes = 1\n") == [])
    #expect(broken("", at: "Elsewhere/Lane.swift").count == 1)
    #expect(broken("", at: "Lane.swift").count == 1)
  }

  @Test func theRulesForNamesBite() {
    func broken(_ path: String, _ text: String) -> Bool {
      !House.violations(inNamesOf: [FloorFile(path, text)]).isEmpty
    }
    #expect(!broken("Plan/Plan+Angles.swift", "extension Plan {\n  struct Inner {}\n}\n"))
    #expect(!broken("Plan+Angles.swift", "private struct Helper {}\n\nextension Plan {}\n"))
    #expect(!broken("Layout+Caps.swift", "extension Outer.Layout {}\n"))
    #expect(broken("Plan/Plan+Angles.swift", "extension Circuit {}\n"))
    #expect(broken("Plan+Angles.swift", "public struct Angles {}\n\nextension Plan {}\n"))
    #expect(broken("Plan+Angles.swift", "// extension Plan {}\n"))
    let twenty = (1...20).map { FloorFile("Plan/File\($0).swift", "") }
    #expect(House.violations(inNamesOf: twenty + [FloorFile("Lanes/File.swift", "")]) == [])
    #expect(House.violations(inNamesOf: twenty + [FloorFile("Plan/File.swift", "")]).count == 1)
  }

  @Test func theRulesBite() {
    func broken(_ text: String, _ target: String) -> Bool {
      !House.violations(in: text, target: target).isEmpty
    }
    #expect(!broken("import Glibc\nimport TangentNumerics\n", "TangentCircuits"))
    #expect(!broken("import CTangentVector\n", "TangentNumerics"))
    #expect(!broken("// import Foundation\nlet important = 1\n", "TangentNumerics"))
    #expect(broken("import TangentCircuits\n", "TangentNumerics"))
    #expect(!broken("import TangentOptimization\n", "TangentTraining"))
    #expect(broken("import TangentCircuits\n", "TangentOptimization"))
    #expect(broken("import TangentDynamics\n", "TangentBounds"))
    #expect(broken("import TangentTraining\n", "TangentDynamics"))
    #expect(broken("import TangentSimulation\n", "TangentSimulation"))
    #expect(broken("  @_exported public import struct TangentCAPI.Handle // why\n", "TangentDynamics"))
    #expect(broken("import Foundation\n", "TangentCAPI"))
    #expect(broken("import class Foundation.FileManager\n", "TangentCAPI"))
    #expect(broken("import Glibc; import Foundation\n", "TangentCAPI"))
    #expect(broken("import FoundationEssentials\n", "TangentCAPI"))
    #expect(broken("", "TangentElsewhere"))
    #expect(broken(String(repeating: "\n", count: 501), "TangentNumerics"))
    #expect(!broken(String(repeating: "\n", count: 500), "TangentNumerics"))
  }
}
