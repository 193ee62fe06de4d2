/// Where the product of the cosines goes that rotations in tangent form leave out.
enum Scaling {
  /// Into every pass's own last group of rotations: each pass is the unitary it stands for.
  case inPass
  /// Into the table of the next diagonal pass, where there is one. In between psi is too large by that product and,
  /// coming back, lambda too small, so that inner products of the two do not see it.
  case inNextDiagonal

  /// So many cosines at most wait at a time: 6e-17, the least there is, to this power is no underflow of a double.
  static let mostDeferred = 16
}
