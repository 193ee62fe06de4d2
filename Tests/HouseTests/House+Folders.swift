/// A Swift file of a floor: its path within the floor, and what it says.
struct FloorFile {
  let path: String
  let text: SourceText

  init(_ path: String, _ text: String) {
    self.path = path
    self.text = SourceText(text)
  }

  /// The folder it lies in, "" for the floor's own level.
  var folder: String { String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)) }

  var name: Substring { path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...] }
}

extension House {
  /// What the files of one floor do against its order of folders.
  static func violations(in files: [FloorFile], order: [String]) -> [String] {
    var result = files.filter { !order.contains($0.folder) }.map {
      "\($0.path) lies in none of the floor's folders \(order.joined(separator: ", "))"
    }
    func place(_ file: FloorFile) -> Int { order.firstIndex(of: file.folder) ?? 0 }
    // A name that several files give to types of their own counts as the earliest of them.
    var places: [String: Int] = [:]
    for file in files {
      for type in file.text.declared { places[type] = min(places[type] ?? .max, place(file)) }
    }
    for file in files {
      for name in file.text.named.subtracting(file.text.declared).sorted() {
        guard let declared = places[name], declared > place(file) else { continue }
        result.append("\(file.path) names \(name) of the later folder \(order[declared])")
      }
    }
    return result
  }

  /// What the names and numbers of a floor's files do against the rules.
  static func violations(inNamesOf files: [FloorFile]) -> [String] {
    var result: [String] = []
    for (folder, members) in Dictionary(grouping: files, by: \.folder).sorted(by: { $0.key < $1.key })
    where members.count > maximumFiles {
      result.append(
        "\(members.count) files at the level of \"\(folder)\", at most \(maximumFiles) are allowed")
    }
    for file in files {
      guard let plus = file.name.firstIndex(of: "+") else { continue }
      let type = String(file.name[..<plus])
      if !file.text.extended.contains(type) { result.append("\(file.path) does not extend \(type)") }
      for other in file.text.declaredForOthers.sorted() {
        result.append("\(file.path) declares \(other), which belongs in a file of its own name")
      }
    }
    return result
  }
}
