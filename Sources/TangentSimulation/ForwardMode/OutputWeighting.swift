/// What the gradients of a sample's outputs are weighted with.
enum OutputWeighting {
  /// Numbers that stay, (sets, samples, outputs).
  case given(UnsafePointer<Double>)
  /// The derivatives of a loss, which change as the predictions do.
  case loss(any PredictionLoss)

  var isLoss: Bool {
    if case .loss = self { true } else { false }
  }
}
