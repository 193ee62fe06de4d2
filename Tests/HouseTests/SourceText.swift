/// What a Swift file declares and names, as far as its letters tell: members and inferred types are beyond it.
struct SourceText {
  /// Types that the file declares, at its top level and within others.
  private(set) var declared: Set<String> = []
  /// Of these, the ones at the top level that other files can see.
  private(set) var declaredForOthers: Set<String> = []
  /// What the file extends; `Inner` of `extension Outer.Inner`.
  private(set) var extended: Set<String> = []
  /// Words that can be the name of a type: those that begin with a capital.
  private(set) var named: Set<String> = []

  init(_ text: String) {
    let code = SourceText.withoutCommentsAndStrings(Array(text))
    var depth = 0
    var previous = ""
    var isHidden = false
    var k = 0
    while k < code.count {
      let character = code[k]
      guard SourceText.isPartOfWord(character) else {
        if character == "{" { depth += 1 }
        if character == "}" { depth -= 1 }
        if character == "{" || character == "}" || character == "\n" { isHidden = false }
        k += 1
        continue
      }
      var end = k
      while end < code.count, SourceText.isPartOfWord(code[end]) { end += 1 }
      let word = String(code[k..<end])
      k = end
      if depth == 0, word == "private" || word == "fileprivate" { isHidden = true }
      if word.first!.isUppercase { named.insert(word) }
      if SourceText.kinds.contains(previous), word.first!.isUppercase {
        declared.insert(word)
        if depth == 0, !isHidden { declaredForOthers.insert(word) }
      } else if previous == "extension" {
        var type = word
        while k + 1 < code.count, code[k] == "." {
          end = k + 1
          while end < code.count, SourceText.isPartOfWord(code[end]) { end += 1 }
          type = String(code[(k + 1)..<end])
          k = end
          named.insert(type)
        }
        extended.insert(type)
      }
      previous = word
    }
  }

  private static let kinds: Set<String> = ["struct", "class", "enum", "actor", "protocol", "typealias"]

  private static func isPartOfWord(_ character: Character) -> Bool {
    character == "_" || character.isLetter || character.isNumber
  }

  /// Comments and string literals become nothing; what a literal interpolates is lost with it.
  private static func withoutCommentsAndStrings(_ text: [Character]) -> [Character] {
    var result: [Character] = []
    var k = 0
    func begins(_ token: String) -> Bool { text[k...].starts(with: token) }
    /// Moves past the next `token`, or to the end.
    func skip(past token: String) {
      while k < text.count, !begins(token) { k += text[k] == "\\" ? 2 : 1 }
      k = min(k + token.count, text.count)
    }
    while k < text.count {
      if begins("//") {
        while k < text.count, text[k] != "\n" { k += 1 }
      } else if begins("/*") {
        var depth = 0
        repeat {
          if begins("/*") {
            (k, depth) = (k + 2, depth + 1)
          } else if begins("*/") {
            (k, depth) = (k + 2, depth - 1)
          } else {
            k += 1
          }
        } while depth > 0 && k < text.count
      } else if begins("\"\"\"") {
        k += 3
        skip(past: "\"\"\"")
      } else if text[k] == "\"" {
        k += 1
        skip(past: "\"")
      } else {
        result.append(text[k])
        k += 1
      }
    }
    return result
  }
}
