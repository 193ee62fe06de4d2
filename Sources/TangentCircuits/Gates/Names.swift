import TangentNumerics

/// What the parameters or the features of a circuit are called, by index.
///
/// One that was given no name has its letter and index for a name: "p3", "x0".
public struct Names: Sendable, Equatable {
  public enum Kind: String, Sendable {
    case parameter, feature

    fileprivate var letter: String { self == .parameter ? "p" : "x" }
  }

  /// UTF-8 bytes that a name may take.
  public static let maximumLength = 256

  public let kind: Kind
  /// The names that were given, no two of them equal.
  private var given: [Int: String] = [:]
  private var indices: [String: Int] = [:]

  public init(_ kind: Kind) { self.kind = kind }

  /// - Throws: `invalidArgument` for equal names, and for one that is empty, has more than `maximumLength` bytes, or
  ///   contains control characters.
  public init(_ kind: Kind, _ names: [String]) throws(TangentError) {
    self.init(kind)
    var seen: [String: Int] = [:]
    for (index, name) in names.enumerated() {
      if let other = seen.updateValue(index, forKey: name) { throw equalNames(name, other, index) }
      try give(name, to: index)
    }
  }

  public subscript(index: Int) -> String { given[index] ?? unused("\(kind.letter)\(index)") }

  /// The given names with their indices, in order.
  var entries: [(index: Int, name: String)] {
    given.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// - Throws: `invalidArgument` for a name that is empty, too long, has control characters, or belongs to another index.
  mutating func give(_ name: String, to index: Int) throws(TangentError) {
    guard name != "\(kind.letter)\(index)" else { return }
    try Names.validate(name, "the name of \(kind) \(index)")
    if let other = indices[name] { throw equalNames(name, other, index) }
    guard given[index] == nil else { throw .invalid("\(kind) \(index) has two names") }
    given[index] = name
    indices[name] = index
  }

  /// - Throws: `invalidArgument`, calling it `subject`, for a name that is empty, too long, or has control characters.
  static func validate(_ name: String, _ subject: String) throws(TangentError) {
    guard !name.isEmpty else { throw .invalid("\(subject) is empty") }
    guard name.utf8.count <= maximumLength else {
      throw .invalid("\(subject) has \(name.utf8.count) bytes, at most \(maximumLength) are possible")
    }
    guard !name.unicodeScalars.contains(where: \.breaksLines) else {
      throw .invalid("\(subject) contains a control character")
    }
  }

  /// Whether some parameter or feature without a name is called so.
  static func isDefault(_ name: String) -> Bool {
    let digits = name.dropFirst()
    return [Kind.parameter, .feature].contains { name.hasPrefix($0.letter) }
      && !digits.isEmpty && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  func contains(_ name: String) -> Bool { indices[name] != nil }

  /// The names of the first `count` indices.
  func prefix(_ count: Int) -> Names {
    var result = Names(kind)
    result.given = given.filter { $0.key < count }
    result.indices = indices.filter { $0.value < count }
    return result
  }

  /// Takes over the names of circuits that follow, whose index k becomes k + offset. One that is in use already goes on
  /// as "name_2".
  mutating func append(_ other: Names, offset: Int) throws(TangentError) {
    for (index, name) in other.entries { try give(unused(name), to: index + offset) }
  }

  /// Takes over the names of the same indices.
  /// - Throws: `invalidArgument` where an index has two names or a name two indices.
  mutating func merge(_ other: Names) throws(TangentError) {
    for (index, name) in other.entries where given[index] != name {
      if let mine = given[index] {
        throw .invalid(
          "\(kind) \(index) is called \"\(mine)\" in one circuit and \"\(name)\" in the other; rename one of them"
        )
      }
      if let mine = indices[name] {
        throw .invalid(
          "\"\(name)\" is \(kind) \(mine) of one circuit and \(kind) \(index) of the other; rename one of them"
        )
      }
      try give(name, to: index)
    }
  }

  private func equalNames(_ name: String, _ first: Int, _ second: Int) -> TangentError {
    .invalid("\(kind)s \(first) and \(second) are both called \"\(name)\"; names must differ")
  }

  private func unused(_ name: String) -> String {
    guard indices[name] != nil else { return name }
    var number = 2
    while indices["\(name)_\(number)"] != nil { number += 1 }
    return "\(name)_\(number)"
  }
}

extension Unicode.Scalar {
  fileprivate var breaksLines: Bool {
    [.control, .lineSeparator, .paragraphSeparator].contains(properties.generalCategory)
  }
}
