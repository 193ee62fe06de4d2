/// One walk over the state. The passes themselves lie in the plan's arena: sweeps over small states would spend a good part
/// of their time on copies otherwise.
enum Pass: BitwiseCopyable {
  case rotations(UnsafePointer<RotationsPass>)
  case diagonal(UnsafePointer<DiagonalPass>)
  case dense(UnsafePointer<DensePass>)
  case splitDense(UnsafePointer<SplitDensePass>)
  case permutation(UnsafePointer<PermutationPass>)
  case jump(UnsafePointer<JumpPass>)

  var wantsGradient: Bool {
    switch self {
    case .rotations(let pass): pass.pointee.wantsGradient
    case .diagonal(let pass): pass.pointee.wantsGradient
    case .dense, .splitDense, .permutation, .jump: false
    }
  }
}

extension Pass {
  /// About how long the pass takes on a block: 2 ns an amplitude, or 0.15 ns a multiply-add.
  func nanoseconds(amplitudes: Int) -> Double {
    switch self {
    case .dense(let pass): 2 * Double(amplitudes) + 0.15 * Double(pass.pointee.multiplyAdds)
    case .splitDense(let pass): 2 * Double(amplitudes) + 0.15 * Double(pass.pointee.multiplyAdds)
    case .jump: 8 * Double(amplitudes)
    case .rotations, .diagonal, .permutation: 2 * Double(amplitudes)
    }
  }
}
