/// Takes values off a buffer that `ByteWriter` filled.
///
/// Any bytes may be given: what does not fit throws `corruptedFile` with the offset and what was expected there,
/// and nothing is allocated that the remaining bytes could not hold.
public struct ByteReader: Sendable {
  private let bytes: [UInt8]
  private let cancel: CancelToken?
  public private(set) var offset = 0

  /// - Parameter cancel: once it is set, whatever is read throws `cancelled`.
  public init(_ bytes: [UInt8], cancel: CancelToken? = nil) {
    self.bytes = bytes
    self.cancel = cancel
  }

  public var remaining: Int { bytes.count - offset }

  /// An integer of fixed width. `expected` names the value in the error: "the number of qubits".
  public mutating func read<Value: FixedWidthInteger>(
    _ type: Value.Type, _ expected: String
  ) throws(TangentError) -> Value {
    let start = try advance(by: MemoryLayout<Value>.size, expected)
    return Value(
      littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: Value.self) })
  }

  public mutating func readBool(_ expected: String) throws(TangentError) -> Bool {
    let byte = try read(UInt8.self, expected)
    guard byte <= 1 else { throw corrupted("\(expected), 0 or 1, found \(byte)", at: offset - 1) }
    return byte == 1
  }

  public mutating func readDouble(_ expected: String) throws(TangentError) -> Double {
    Double(bitPattern: try read(UInt64.self, expected))
  }

  public mutating func readString(_ expected: String) throws(TangentError) -> String {
    let start = offset
    let utf8 = try readBytes(expected)
    guard let text = String(validating: utf8, as: UTF8.self) else {
      throw corrupted("\(expected) in UTF-8", at: start)
    }
    return text
  }

  public mutating func readBytes(_ expected: String) throws(TangentError) -> [UInt8] {
    let count = try readCount(elementSize: 1, expected)
    let start = try advance(by: count, expected)
    return Array(bytes[start..<start + count])
  }

  public mutating func readDoubles(_ expected: String) throws(TangentError) -> [Double] {
    try readWords(expected) { Double(bitPattern: $0) }
  }

  public mutating func readInts(_ expected: String) throws(TangentError) -> [Int] {
    try readWords(expected) { Int(bitPattern: UInt($0)) }
  }

  /// The length in front of a list whose elements take at least `elementSize` bytes each; one that the remaining
  /// bytes cannot hold is an error, so it is safe to allocate as many elements.
  public mutating func readCount(elementSize: Int, _ expected: String) throws(TangentError) -> Int {
    let start = offset
    let count = try read(Int64.self, "the length of \(expected)")
    guard count >= 0, count <= Int64(remaining / max(elementSize, 1)) else {
      throw corrupted(
        "the length of \(expected), at most \(remaining / max(elementSize, 1)) in the \(remaining) bytes left, "
          + "found \(count)", at: start)
    }
    return Int(count)
  }

  /// - Throws: `corruptedFile` if bytes are left over.
  public func finish() throws(TangentError) {
    if remaining > 0 { throw corrupted("the end, found \(remaining) further bytes", at: offset) }
  }

  /// Numbers between two looks at the token.
  private static let portion = 1 << 20

  @inline(__always)
  private mutating func readWords<Value>(
    _ expected: String, _ value: (UInt64) -> Value
  ) throws(TangentError) -> [Value] {
    let count = try readCount(elementSize: 8, expected)
    let start = try advance(by: 8 * count, expected)
    var values: [Value] = []
    values.reserveCapacity(count)
    for first in stride(from: 0, to: count, by: ByteReader.portion) {
      try cancel?.check()
      bytes.withUnsafeBytes { buffer in
        for k in first..<min(first + ByteReader.portion, count) {
          values.append(
            value(UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: start + 8 * k, as: UInt64.self))))
        }
      }
    }
    return values
  }

  private mutating func advance(by size: Int, _ expected: String) throws(TangentError) -> Int {
    try cancel?.check()
    guard size <= remaining else {
      throw corrupted("\(expected) (\(size) bytes), found \(remaining) bytes", at: offset)
    }
    defer { offset += size }
    return offset
  }

  private func corrupted(_ expected: String, at position: Int) -> TangentError {
    TangentError(.corruptedFile, "damaged data at byte \(position): expected \(expected)")
  }
}
