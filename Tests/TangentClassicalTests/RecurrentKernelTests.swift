import TangentClassical
import TangentNumerics
import Testing

@Suite struct RecurrentKernelTests {
  /// Sequences of many lengths, more than one octet of them, some equal in length.
  static let lengths = [5, 1, 3, 3, 9, 2, 17, 3, 5, 8, 1]

  static func sequences(_ lengths: [Int], seed: UInt64, dimension: Int = 2) -> [[[Double]]] {
    var random = Philox(seed: seed)
    return lengths.map { length in
      (0..<length).map { _ in (0..<dimension).map { _ in random.normal() } }
    }
  }

  static func pack(_ sequences: [[[Double]]]) throws -> Sequences {
    try Sequences(
      lengths: sequences.map(\.count), dimension: sequences[0][0].count,
      values: sequences.flatMap { $0.flatMap { $0 } })
  }

  struct Setting: Sendable, CustomTestStringConvertible {
    var activation: Activation
    var pooling: RecurrentNetwork.Pooling
    var layers: Int
    var frozen: Int
    var initial: RecurrentNetwork.InitialState
    var testDescription: String { "\(activation) \(pooling) \(layers) \(frozen) \(initial)" }

    static let all: [Setting] = [Activation.relu, .erf].flatMap { activation in
      [RecurrentNetwork.Pooling.last, .mean, .meanUntied].flatMap { pooling in
        [(1, 0), (2, 0), (3, 1), (2, 2)].flatMap { layers, frozen in
          [RecurrentNetwork.InitialState.independent, .shared].map {
            Setting(
              activation: activation, pooling: pooling, layers: layers, frozen: frozen, initial: $0)
          }
        }
      }
    }

    func network() throws(TangentError) -> RecurrentNetwork {
      try RecurrentNetwork(
        layers: layers, activation: activation, pooling: pooling, sigmaW: 1.3, sigmaU: 0.9, sigmaB: 0.4,
        sigmaH: 0.5, sigmaV: 1.2, frozenLayers: frozen, initialState: initial)
    }
  }

  @Test(arguments: Setting.all) func equalsItsDefinition(setting: Setting) throws {
    let network = try setting.network()
    let untied = setting.pooling == .meanUntied
    let lengths = untied ? [Int](repeating: 6, count: 11) : RecurrentKernelTests.lengths
    let first = RecurrentKernelTests.sequences(lengths, seed: 1)
    let second = RecurrentKernelTests.sequences(untied ? [6, 6, 6] : [3, 12, 5], seed: 2)
    let reference = PairReference(network: network)
    for (rows, columns) in [(first, nil), (first, second), (second, first)] {
      let kernel = try RecurrentKernel(
        network, rows: RecurrentKernelTests.pack(rows), columns: columns.map(RecurrentKernelTests.pack))
      let tangent = try kernel.matrix(.tangent)
      let outputs = try kernel.matrix(.outputs)
      let others = columns ?? rows
      for i in rows.indices {
        for j in others.indices {
          let expected = reference.kernel(rows[i], others[j], areOne: columns == nil && i == j)
          let place = i * others.count + j
          #expect(abs(tangent[place] - expected.tangent) <= 1e-12 * (1 + abs(expected.tangent)))
          #expect(abs(outputs[place] - expected.outputs) <= 1e-12 * (1 + abs(expected.outputs)))
        }
      }
    }
  }

  @Test func partsAreTheWholeAndThreadsKeepTheBits() throws {
    for pooling in [RecurrentNetwork.Pooling.last, .mean] {
      let network = try RecurrentNetwork(activation: .relu, pooling: pooling, sigmaW: 1.4, sigmaB: 0.1)
      let sequences = try RecurrentKernelTests.pack(
        RecurrentKernelTests.sequences((0..<70).map { 1 + $0 % 13 }, seed: 3, dimension: 3))
      let kernel = try RecurrentKernel(network, rows: sequences)
      let whole = try kernel.matrix(.tangent)
      var parted = [Double](repeating: .nan, count: whole.count)
      let pool = ThreadPool(sharingAllAmong: 3)
      try parted.withUnsafeMutableBufferPointer { parted in
        for part in 0..<5 {
          try pool.use {
            try kernel.fill(parted.baseAddress!, .tangent, part: part, of: 5)
          }
        }
      }
      #expect(pool.helpCount > 0)
      #expect(parted == whole)
      let between = try RecurrentKernel(network, rows: sequences, columns: sequences).matrix(.tangent)
      for i in 0..<70 {
        for j in 0..<70 where i < j { #expect(between[i * 70 + j] == whole[i * 70 + j]) }
      }
    }
  }

  @Test func equalSequencesKeepTheirDigits() throws {
    let network = try RecurrentNetwork(activation: .relu, sigmaW: 1.41, sigmaB: 0.1)
    let one = RecurrentKernelTests.sequences([150], seed: 5)[0]
    let kernel = try RecurrentKernel(network, rows: RecurrentKernelTests.pack([one, one])).matrix(.tangent)
    #expect(abs(kernel[1] / kernel[0] - 1) < 1e-12)
  }

  @Test func zeroInputsAreNoNumbersOutOfRange() throws {
    let network = try RecurrentNetwork(activation: .relu, pooling: .mean, sigmaW: 1)
    let kernel = try RecurrentKernel(
      network, rows: RecurrentKernelTests.pack([[[0], [0]], [[1], [0], [2]]])
    ).matrix(.tangent)
    #expect(kernel[0] == 0 && kernel[1] == 0 && kernel[3] > 0)
  }

  @Test func overflowNamesItsStep() throws {
    let network = try RecurrentNetwork(activation: .relu, sigmaW: 20)
    let long = [[Double]](repeating: [1], count: 400)
    let error = #expect(throws: TangentError.self) {
      try RecurrentKernel(network, rows: RecurrentKernelTests.pack([[[1]], long]))
    }
    #expect(error?.message.contains("of sequence 1") == true)
    #expect(error?.message.contains("sigma_w = 20") == true)
  }

  @Test func untiedReadoutsNeedEqualLengths() throws {
    let network = try RecurrentNetwork(activation: .erf, pooling: .meanUntied, sigmaW: 1)
    #expect(throws: TangentError.self) {
      try RecurrentKernel(network, rows: RecurrentKernelTests.pack([[[1]], [[1], [2]]]))
    }
  }

  @Test func cancels() throws {
    let token = CancelToken()
    token.cancel()
    let network = try RecurrentNetwork(activation: .erf, sigmaW: 1)
    let kernel = try RecurrentKernel(network, rows: RecurrentKernelTests.pack([[[1]], [[2]]]))
    #expect(throws: TangentError.self) { try kernel.matrix(.tangent, cancel: token) }
  }
}
