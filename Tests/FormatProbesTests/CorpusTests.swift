import FormatProbes
import Foundation
import Testing

/// What fuzzing has found worth keeping, and every beginning of it: `make fuzz` goes on from there.
@Suite(.serialized) struct CorpusTests {
  private static let corpus = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Corpus")

  private func files(of format: Format) throws -> [[UInt8]] {
    let folder = Self.corpus.appendingPathComponent(format.rawValue)
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .sorted { $0.path < $1.path }.map { [UInt8](try Data(contentsOf: $0)) }
  }

  @Test(arguments: Format.allCases) func everyFileIsReadOrRefused(format: Format) throws {
    let files = try files(of: format)
    let read = files.filter { format.probe($0) }
    #expect(read.count >= 3)
    for bytes in read {
      for end in stride(from: 0, to: bytes.count, by: 11) { format.probe(Array(bytes[..<end])) }
    }
  }
}
