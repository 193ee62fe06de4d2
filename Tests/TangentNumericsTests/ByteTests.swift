import Testing

@testable import TangentNumerics

@Suite struct ByteTests {
  @Test func everythingComesBack() throws {
    var writer = ByteWriter()
    writer.write(UInt8(7))
    writer.write(UInt32(0x0102_0304))
    writer.write(-5)
    writer.write(true)
    writer.write(-0.0)
    writer.write(Double(bitPattern: 0x7FF8_0000_0000_1234))
    writer.write("théta")
    writer.write([UInt8]([1, 2]))
    writer.write([1.5, .infinity])
    writer.write([Int]([.min, 3]))
    #expect(Array(writer.bytes[1..<5]) == [4, 3, 2, 1])

    var reader = ByteReader(writer.bytes)
    #expect(try reader.read(UInt8.self, "a") == 7)
    #expect(try reader.read(UInt32.self, "b") == 0x0102_0304)
    #expect(try reader.read(Int.self, "c") == -5)
    #expect(try reader.readBool("d"))
    #expect(try reader.readDouble("e").bitPattern == (-0.0).bitPattern)
    #expect(try reader.readDouble("f").bitPattern == 0x7FF8_0000_0000_1234)
    #expect(try reader.readString("g") == "théta")
    #expect(try reader.readBytes("h") == [1, 2])
    #expect(try reader.readDoubles("i") == [1.5, .infinity])
    #expect(try reader.readInts("j") == [.min, 3])
    try reader.finish()
  }

  @Test func errorsNameOffsetAndExpectation() throws {
    var writer = ByteWriter()
    writer.write(UInt8(9))
    writer.write(UInt8(9))
    var reader = ByteReader(writer.bytes)
    _ = try reader.read(UInt8.self, "the kind")
    let error = #expect(throws: TangentError.self) { try reader.read(UInt32.self, "the number of qubits") }
    #expect(error?.kind == .corruptedFile)
    #expect(
      error?.message == "damaged data at byte 1: expected the number of qubits (4 bytes), found 1 bytes")
    let flag = #expect(throws: TangentError.self) { try reader.readBool("a flag") }
    #expect(flag?.message == "damaged data at byte 1: expected a flag, 0 or 1, found 9")
  }

  @Test(arguments: [Int.max, Int.min, -1, 1 << 61, 1 << 40, 3])
  func absurdLengthsAreErrors(length: Int) {
    var writer = ByteWriter()
    writer.write(length)
    writer.write(UInt16(0))
    func rejected(_ body: (inout ByteReader) throws -> Void) {
      var reader = ByteReader(writer.bytes)
      let error = #expect(throws: TangentError.self) { try body(&reader) }
      #expect(error?.kind == .corruptedFile)
    }
    rejected { _ = try $0.readBytes("x") }
    rejected { _ = try $0.readDoubles("x") }
    rejected { _ = try $0.readInts("x") }
    rejected { _ = try $0.readString("x") }
  }

  @Test func notUTF8IsAnError() {
    var writer = ByteWriter()
    writer.write([UInt8]([0xFF, 0xFE]))
    var reader = ByteReader(writer.bytes)
    #expect(throws: TangentError.self) { try reader.readString("a name") }
  }

  @Test func leftoverBytesAreAnError() {
    #expect(throws: TangentError.self) { try ByteReader([1]).finish() }
  }

  /// Random bytes through random reads: an error or a value, never a trap.
  @Test func randomBytesNeverTrap() {
    var random = Philox(seed: 4)
    var errors = 0
    for _ in 0..<5000 {
      let count = random.index(below: 40)
      let small = random.index(below: 2) == 0
      let bytes = (0..<count).map { _ in UInt8(random.index(below: small ? 3 : 256)) }
      var reader = ByteReader(bytes)
      do {
        while reader.remaining > 0 {
          switch random.index(below: 7) {
          case 0: _ = try reader.readString("s")
          case 1: _ = try reader.readDoubles("d")
          case 2: _ = try reader.readInts("i")
          case 3: _ = try reader.readBytes("b")
          case 4: _ = try reader.readBool("f")
          case 5: _ = try reader.readCount(elementSize: 24, "c")
          default: _ = try reader.read(UInt16.self, "w")
          }
        }
      } catch { errors += 1 }
    }
    #expect(errors > 1000)
  }

  @Test func checksumOfTheStandardVector() {
    #expect(Checksum.crc64("123456789".utf8) == 0x995D_C9BB_DF19_39FA)
    #expect(Checksum.crc64([]) == 0)
    #expect(Checksum.crc64(Array("123456789".utf8)) == Checksum.crc64("0123456789".utf8.dropFirst()))
  }
}
