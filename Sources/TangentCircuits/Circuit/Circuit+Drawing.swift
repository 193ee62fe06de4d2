extension Circuit: CustomStringConvertible {
  /// The drawing, for `print(circuit)`.
  public var description: String { drawing() }

  /// The circuit as text: one line a qubit, time from left to right, wrapped at `width` characters.
  public func drawing(width: Int = 100) -> String {
    let margin = "q\(qubitCount - 1): ".count
    let names = (0..<qubitCount).map { padded("q\($0): ", to: margin, with: " ") }
    var blocks: [[String]] = [names.map { $0 + "─" }]
    for column in columns() {
      let cells = column.map { $0 ?? "─" }
      let size = (cells.map(\.count).max() ?? 1)
      if blocks[blocks.count - 1][0].count + size + 1 > width, blocks[blocks.count - 1][0].count > margin + 1
      {
        blocks.append(names.map { $0 + "─" })
      }
      for (qubit, cell) in cells.enumerated() {
        blocks[blocks.count - 1][qubit] += padded(cell, to: size, with: "─") + "─"
      }
    }
    return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  /// Moments: each instruction goes into the first column after those that touch the lines it crosses.
  private func columns() -> [[String?]] {
    var result: [[String?]] = []
    var depth = [Int](repeating: 0, count: qubitCount)
    for instruction in instructions {
      let span = instruction.qubits.min()!...instruction.qubits.max()!
      let column = span.map { depth[$0] }.max()!
      if column == result.count { result.append([String?](repeating: nil, count: qubitCount)) }
      for qubit in span {
        depth[qubit] = column + 1
        result[column][qubit] = "│"
      }
      for (position, qubit) in instruction.qubits.enumerated() {
        result[column][qubit] = instruction.symbol(at: position, text)
      }
    }
    return result
  }

  private func padded(_ text: String, to size: Int, with filler: Character) -> String {
    text + String(repeating: filler, count: max(0, size - text.count))
  }
}

extension Instruction {
  /// What to draw on the line of qubits[position].
  fileprivate func symbol(at position: Int, _ text: (Angle) -> String) -> String {
    let arguments = angles.isEmpty ? "" : "(" + angles.map(text).joined(separator: ", ") + ")"
    switch operation {
    case .rotation(let letters):
      return "\(Array(letters)[position])" + (position == 0 ? arguments : "")
    case .evolution(let observable):
      let local = observable.paulis.count == 1 && observable.projectors.isEmpty && observable.dense == nil
      let label = local ? "exp \(observable.paulis[0].string.letters(register: qubits.count))" : "exp H"
      return position == 0 ? label + arguments : "●"
    case .unitary: return qubits.count == 1 ? "U" : "U\(position)"
    case .channel(let channel): return position == 0 ? "~\(channel.label)" : "~"
    case .gate(let gate):
      let row = gate.definition
      if position < row.controlCount { return "●" }
      return row.symbol + (position == row.controlCount ? arguments : "")
    }
  }
}
