import TangentNumerics

/// One walk over a vector of Pauli expectations.
enum TransferPass: BitwiseCopyable {
  case runs(UnsafePointer<RunGroup>)
  case rotation(UnsafePointer<StringRotation>)
  case map(StringMap)
  case matrix(UnsafePointer<TransferMatrix>)
  case conjugation(UnsafePointer<Conjugation>)

  var wantsGradient: Bool {
    switch self {
    case .runs(let group): group.pointee.wantsGradient
    case .rotation(let rotation): rotation.pointee.wantsGradient
    case .map, .matrix, .conjugation: false
    }
  }

  /// Lanes of scratch beyond what every plan has.
  var scratch: Int { if case .conjugation(let pass) = self { pass.pointee.scratch } else { 0 } }

  /// About how long it takes on one block.
  func nanoseconds(size: Int) -> Double {
    switch self {
    case .runs(let group): Double(size * group.pointee.count) * 1.5
    case .rotation: Double(size) * 2
    case .map: Double(size)
    case .matrix(let matrix): Double(size * matrix.pointee.count) * 0.5
    case .conjugation(let pass): Double(size * pass.pointee.dimension) * 4
    }
  }
}
