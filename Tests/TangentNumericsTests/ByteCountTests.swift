import TangentNumerics
import Testing

@Suite struct ByteCountTests {
  @Test func unitsOfAThousand() {
    #expect("\(ByteCount(0))" == "0 bytes")
    #expect("\(ByteCount(999))" == "999 bytes")
    #expect("\(ByteCount(1000))" == "1 kB")
    #expect("\(ByteCount(1_540_000_000))" == "1.5 GB")
    #expect("\(ByteCount(4.88e14))" == "488 TB")
    #expect("\(ByteCount(Int.max))" == "9.2 EB")
  }
}
