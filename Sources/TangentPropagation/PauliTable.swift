import TangentCircuits

/// Real weights of Pauli strings, or of pairs of them; equal ones are merged now and then.
struct PauliTable<Key: Hashable & Sendable>: Sendable {
  /// What one key weighs; merging adds.
  struct Entry: Sendable {
    var key: Key
    /// Of the product of two predictions, or of one.
    var weight: Double
    /// Of the kernel: the weight times the sum of (d phi/d theta)^2 over the gates that it met.
    var kernel: Double
  }

  var entries: [Entry]
  private var mergedCount = 0

  init(_ entries: [Entry]) {
    self.entries = entries
    merge()
  }

  /// Merges once the table has doubled since it last did.
  mutating func mergeIfGrown() {
    if entries.count > 2 * mergedCount + 32 { merge() }
  }

  mutating func merge() {
    var places: [Key: Int] = [:]
    places.reserveCapacity(entries.count)
    var merged: [Entry] = []
    merged.reserveCapacity(entries.count)
    for entry in entries {
      if let place = places[entry.key] {
        merged[place].weight += entry.weight
        merged[place].kernel += entry.kernel
      } else {
        places[entry.key] = merged.count
        merged.append(entry)
      }
    }
    entries = merged.filter { $0.weight != 0 || $0.kernel != 0 }
    mergedCount = entries.count
  }

  /// Turns the strings at `side` of the keys by the angle of a rotation about `string`.
  private mutating func turn(
    _ string: PauliString, _ angle: (cosine: Double, sine: Double),
    _ side: WritableKeyPath<Key, PauliString>
  ) {
    for k in entries.indices where !entries[k].key[keyPath: side].commutes(with: string) {
      if angle.sine != 0 {
        var turned = entries[k]
        let (moved, sign) = string.turned(turned.key[keyPath: side])
        turned.key[keyPath: side] = moved
        turned.weight *= sign * angle.sine
        turned.kernel *= sign * angle.sine
        entries.append(turned)
      }
      entries[k].weight *= angle.cosine
      entries[k].kernel *= angle.cosine
    }
    mergeIfGrown()
  }
}

/// A string for each of two predictions.
struct StringPair: Hashable, Sendable {
  var first: PauliString
  var second: PauliString
}

extension PauliTable<StringPair> {
  /// Takes every pair backwards through a gate, for the predictions of samples i and j.
  mutating func pass(_ step: BackwardStep, samples: (Int, Int)) {
    switch step {
    case .clifford(let gate):
      for k in entries.indices {
        let sign = gate.move(&entries[k].key.first) * gate.move(&entries[k].key.second)
        entries[k].weight *= sign
        entries[k].kernel *= sign
      }
    case .parameter(let string, let square): turnAtRandom(string, square)
    case .turn(let string, let turns):
      turn(string, turns[samples.0], \.first)
      turn(string, turns[samples.1], \.second)
    }
  }

  /// Over a uniform angle a pair survives if both or none anticommute; with both, half turns, and the derivative has the
  /// second moment of the gate itself.
  private mutating func turnAtRandom(_ string: PauliString, _ square: Double) {
    for k in entries.indices {
      let pair = entries[k].key
      let (first, second) = (pair.first.commutes(with: string), pair.second.commutes(with: string))
      if first && second { continue }
      guard !first && !second else {
        (entries[k].weight, entries[k].kernel) = (0, 0)
        continue
      }
      entries[k].weight *= 0.5
      entries[k].kernel = 0.5 * entries[k].kernel + square * entries[k].weight
      let (a, b) = (string.turned(pair.first), string.turned(pair.second))
      let sign = a.sign * b.sign
      entries.append(
        Entry(
          key: StringPair(first: a.string, second: b.string), weight: sign * entries[k].weight,
          kernel: sign * entries[k].kernel))
    }
    mergeIfGrown()
  }
}

extension PauliTable<PauliString> {
  /// Takes every string backwards through a gate, for the mean prediction of one sample.
  mutating func pass(_ step: BackwardStep, sample: Int) {
    switch step {
    case .clifford(let gate):
      for k in entries.indices { entries[k].weight *= gate.move(&entries[k].key) }
    case .parameter(let string, _): entries.removeAll { !$0.key.commutes(with: string) }
    case .turn(let string, let turns): turn(string, turns[sample], \.self)
    }
  }
}
