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
    #expect(Set(files.map(\.target)) == Set(House.floors.filter { $0.value > 0 }.keys))
    for file in files {
      #expect(House.violations(in: file.text, target: file.target) == [], "\(file.path)")
    }
  }

  @Test func everyFolderOfSourcesHasAFloor() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
    #expect(Set(folders) == Set(House.floors.keys))
  }

  @Test func theRulesBite() {
    func broken(_ text: String, _ target: String) -> Bool {
      !House.violations(in: text, target: target).isEmpty
    }
    #expect(!broken("import Glibc\nimport TangentNumerics\n", "TangentCircuits"))
    #expect(!broken("import CTangentVector\n", "TangentNumerics"))
    #expect(!broken("// import Foundation\nlet important = 1\n", "TangentNumerics"))
    #expect(broken("import TangentCircuits\n", "TangentNumerics"))
    #expect(broken("import TangentDynamics\n", "TangentTraining"))
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
