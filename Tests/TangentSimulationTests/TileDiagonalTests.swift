import TangentCircuits
import TangentNumerics
import TestSupport
import Testing

@testable import TangentSimulation

@Suite struct TileDiagonalTests {
  private static let n = 7

  /// Z strings that lie inside of tiles, outside and across, and projectors; letters are read from qubit 0 on.
  private static let observables = ["strings", "strings and a projector", "outside alone"]

  private func observable(_ name: String) throws -> Observable {
    if name == "outside alone" {
      return try .combination(
        [.pauli("ZZIIIII"), .pauli("IZIIIII")], coefficients: [1.5, -0.5])
    }
    let strings = ["ZIIIIII", "IZZIIII", "IIIIIZI", "ZIIIIIZ", "ZZZZZZZ", "IIIIIII"]
    let sum = try Observable.combination(
      strings.map { try .pauli($0) }, coefficients: [0.7, -1.3, 0.4, 2.1, -0.2, 0.9])
    if name == "strings" { return sum }
    return try .combination(
      [sum, .projector("0110101"), .projector("1111111")], coefficients: [1, 3.5, -1])
  }

  /// What tiles hold is what the observable says of each amplitude, in whichever order tiles are filled.
  @Test(arguments: observables, [(0b0001100, 3), (0b0000001, 5), (0b1100000, 3), (0, 5)])
  func tilesHoldTheDiagonal(_ name: String, _ tiling: (mixing: Int, capacity: Int)) throws {
    let arena = Arena()
    let observable = try observable(name)
    let all = (1 << Self.n) - 1
    let (shape, placement) = TileShape.make(
      register: Self.n, mixing: tiling.mixing, capacity: tiling.capacity, support: (all, all), arena: arena)
    let diagonal = TileDiagonal(observable, shape, placement)
    #expect(!diagonal.isZero)
    let dense = try observable.matrix()
    var entries = [Lane](repeating: Lane(repeating: .nan), count: diagonal.amplitudes)
    entries.withUnsafeMutableBufferPointer { entries in
      var values = TileDiagonal.Values(entries: entries.baseAddress!)
      for tile in Array(0..<shape.tileCount) + (0..<shape.tileCount).reversed() {
        let constant = diagonal.fill(&values, tile)
        for index in 0...all {
          let (place, outside) = placement.split(index)
          for lane in 0..<4 where shape.outside(tile: tile, lane: lane) == outside {
            let expected = dense[index, index].re
            #expect(abs(entries[place][lane] + constant[lane] - expected) < 1e-14)
          }
        }
      }
    }
  }

  /// Tiles of one key share their values, so a key must tell apart all whose values differ by more than a constant.
  @Test(arguments: observables)
  func equalKeysMeanEqualValues(_ name: String) throws {
    let arena = Arena()
    let all = (1 << Self.n) - 1
    let (shape, placement) = TileShape.make(
      register: Self.n, mixing: 0, capacity: 3, support: (all, all), arena: arena)
    let diagonal = TileDiagonal(try observable(name), shape, placement)
    #expect((diagonal.key(0) == nil) == (name == "strings and a projector"))
    var seen: [UInt64: [Lane]] = [:]
    for tile in 0..<shape.tileCount {
      guard let key = diagonal.key(tile) else { continue }
      var entries = [Lane](repeating: .zero, count: diagonal.amplitudes)
      entries.withUnsafeMutableBufferPointer { entries in
        var fresh = TileDiagonal.Values(entries: entries.baseAddress!)
        _ = diagonal.fill(&fresh, tile)
      }
      if let before = seen[key] { #expect(before == entries) } else { seen[key] = entries }
    }
    #expect(name != "outside alone" || seen.count == 1)
  }

  @Test func expectationAndSeedAreThoseOfTheNumbers() throws {
    let values: [Lane] = [Lane(1, -2, 3, 0.5), Lane(0, 4, -1, 2)]
    let psi: [Lane] = [Lane(1, 2, 3, 4), Lane(0, 1, 0, -1), Lane(2, 0, -1, 1), Lane(1, 1, 1, 1)]
    let constant = Lane(1, 0, 0, -0.5)
    var expected = Lane.zero
    var lambda = [Lane](repeating: .zero, count: 4)
    for k in 0..<2 {
      let (re, im) = (psi[2 * k], psi[2 * k + 1])
      let square = re * re + im * im
      expected += (values[k] + constant) * square
    }
    #expect(TileDiagonal.expectation(values, constant, psi, count: 2) == expected)
    #expect(TileDiagonal.seed(values, constant, psi, into: &lambda, count: 2) == expected)
    for k in 0..<4 {
      let number = values[k / 2] + constant
      #expect(lambda[k] == number * psi[k])
    }
  }
}
