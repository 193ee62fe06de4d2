import TangentNumerics
import Testing

@testable import TangentCAPI

@Suite struct HandleTableTests {
  private final class Thing: Handled {
    static let kind = HandleKind.samples
    let number: Int
    init(_ number: Int) { self.number = number }
  }

  private final class Other: Handled {
    static let kind = HandleKind.run
  }

  private let table = HandleTable.shared

  @Test func aHandleNamesItsObjectUntilItIsRemoved() throws {
    let things = (0..<100).map(Thing.init)
    let handles = try things.map { try table.insert($0) }
    #expect(Set(handles).count == 100)
    for (thing, handle) in zip(things, handles) {
      #expect(handle > 0)
      #expect(try table.find(handle, as: Thing.self) === thing)
    }
    for handle in handles { try table.remove(handle, kind: .samples) }
    for handle in handles { refuses(handle, "freed") }
  }

  @Test func afterAReuseOfItsPlaceAnOldHandleNamesNothing() throws {
    let old = try table.insert(Thing(1))
    try table.remove(old, kind: .samples)
    // The place just freed is taken first, unless another test takes it in between.
    let handles = try (0..<50).map { try table.insert(Thing($0)) }
    #expect(!handles.contains(old))
    refuses(old, "freed")
    #expect(throws: TangentError.self) { try table.remove(old, kind: .samples) }
    for (number, handle) in handles.enumerated() {
      #expect(try table.find(handle, as: Thing.self).number == number)
      try table.remove(handle, kind: .samples)
    }
  }

  @Test func handlesOfAnotherKindAndInventedOnesAreRefused() throws {
    let run = try table.insert(Other())
    refuses(run, "is of type run, one of type samples is expected")
    try table.remove(run, kind: .run)
    for invented: Int64 in [0, -1, .min, .max, 1, 1 << 32] {
      do {
        _ = try table.find(invented, as: Thing.self)
        Issue.record("\(invented) named something")
      } catch { #expect(error.kind == .invalidHandle) }
    }
  }

  @Test func aFoundObjectOutlivesTheRemovalOfItsHandle() throws {
    let handle = try table.insert(Thing(7))
    let found = try table.find(handle, as: Thing.self)
    try table.remove(handle, kind: .samples)
    #expect(found.number == 7)
  }

  private func refuses(_ handle: Int64, _ words: String) {
    do {
      _ = try table.find(handle, as: Thing.self)
      Issue.record("handle \(handle) was found")
    } catch {
      #expect(error.kind == .invalidHandle)
      #expect(error.message.contains(words))
    }
  }
}
