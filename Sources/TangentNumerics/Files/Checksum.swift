/// CRC-64/XZ (ECMA-182, reflected), eight bytes at a time: every burst of errors up to 64 bits is found.
enum Checksum {
  /// Bytes between two looks at a token, a multiple of the eight that are taken at a time.
  private static let portion = 1 << 24

  static func crc64(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var crc = ~UInt64(0)
    let done: Void? = bytes.withContiguousStorageIfAvailable { update(&crc, UnsafeRawBufferPointer($0)) }
    if done == nil { Array(bytes).withUnsafeBytes { update(&crc, $0) } }
    return ~crc
  }

  /// - Throws: `cancelled`.
  static func crc64(_ bytes: [UInt8], cancel: CancelToken?) throws(TangentError) -> UInt64 {
    var crc = ~UInt64(0)
    for start in stride(from: 0, to: bytes.count, by: portion) {
      try cancel?.check()
      bytes[start..<min(start + portion, bytes.count)].withUnsafeBytes { update(&crc, $0) }
    }
    return ~crc
  }

  private static func update(_ crc: inout UInt64, _ buffer: UnsafeRawBufferPointer) {
    tables.withUnsafeBufferPointer { table in
      var position = 0
      while position + 8 <= buffer.count {
        let word = crc ^ UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        var next: UInt64 = 0
        for k in 0..<8 {
          next ^= table[(7 - k) * 256 + Int(truncatingIfNeeded: (word >> UInt64(8 * k)) & 0xFF)]
        }
        crc = next
        position += 8
      }
      while position < buffer.count {
        crc = table[Int(truncatingIfNeeded: (crc ^ UInt64(buffer[position])) & 0xFF)] ^ (crc >> 8)
        position += 1
      }
    }
  }

  /// Table k advances a byte past k further bytes of zeros.
  private static let tables: [UInt64] = {
    var result = [UInt64](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt64(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xC96C_5795_D787_0F42 : crc >> 1 }
      result[byte] = crc
    }
    for k in 256..<(8 * 256) {
      let shorter = result[k - 256]
      result[k] = result[Int(shorter & 0xFF)] ^ (shorter >> 8)
    }
    return result
  }()
}
