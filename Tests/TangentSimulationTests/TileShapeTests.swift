import TangentNumerics
import Testing

@testable import TangentSimulation

@Suite struct TileShapeTests {
  /// Every amplitude is in one tile, at the index and outside bits that the placement gives it, and comes back to its
  /// place; what the support rules out is left out.
  @Test(arguments: [
    (7, 0b0001100, 3, 0b1111111), (7, 0b0000001, 5, 0b1111111), (8, 0b11000000, 4, 0b11111111),
    (8, 0b10000010, 5, 0b11111111), (6, 0b000000, 4, 0b111111), (6, 0b111100, 4, 0b111111),
    (7, 0b0110000, 4, 0b0111000), (8, 0b00010011, 6, 0b00011111),
  ])
  func tilesHoldEveryAmplitudeOnce(_ n: Int, _ mixing: Int, _ capacity: Int, _ support: Int) {
    let arena = Arena()
    let (shape, placement) = TileShape.make(
      register: n, mixing: mixing, capacity: capacity, support: (support, support), arena: arena)
    #expect(shape.indexBits == placement.indexBits)
    let vectors = 1 << (n - 2)
    // Amplitude i is (i + 1) - (i + 1) i.
    var state = [Lane](repeating: .zero, count: 2 * vectors)
    for index in 0..<(1 << n) where index & ~support == 0 {
      state[2 * (index / 4)][index % 4] = Double(index + 1)
      state[2 * (index / 4) + 1][index % 4] = -Double(index + 1)
    }
    var found = Set<Int>()
    var back = [Lane](repeating: .zero, count: 2 * vectors)
    for tile in 0..<shape.tileCount {
      if shape.outside(tile: tile, lane: 0) & ~support != 0 { continue }
      var amplitudes = [Lane](repeating: Lane(repeating: .nan), count: 2 << shape.indexBits)
      shape.gather(&state, tile, into: &amplitudes, .before)
      shape.exchangeLanes(&amplitudes)
      for place in 0..<(1 << shape.indexBits) {
        for lane in 0..<4 {
          let value = amplitudes[2 * place][lane]
          #expect(amplitudes[2 * place + 1][lane] == -value)
          guard value != 0 else { continue }
          let index = Int(value) - 1
          #expect(found.insert(index).inserted)
          let (inside, outside) = placement.split(index)
          #expect(inside == place && outside == shape.outside(tile: tile, lane: lane))
        }
      }
      shape.exchangeLanes(&amplitudes)
      shape.scatter(&amplitudes, tile, into: &back, .after)
    }
    #expect(found == Set((0..<(1 << n)).filter { $0 & ~support == 0 }))
    #expect(back == state)
    // What operations mix are index bits.
    #expect(placement.split(mixing).outside == 0)
  }
}
