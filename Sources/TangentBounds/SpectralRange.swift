import TangentNumerics

/// What bounds need to know of an observable's spectrum.
public struct SpectralRange: Sendable, Equatable {
  /// Holds every eigenvalue; the smallest such interval unless the observable is too large to tell.
  public let range: ClosedRange<Double>
  /// If both ends are eigenvalues of that multiplicity at least and there is no other eigenvalue; else 0.
  public let reflectionRank: Int

  init(_ range: ClosedRange<Double>, reflectionRank: Int) {
    self.range = range
    self.reflectionRank = reflectionRank
  }

  /// - Parameter eigenvalues: at least one, each `multiplicity` times.
  public init(eigenvalues: [Double], multiplicity: Int = 1) {
    let (low, high) = (eigenvalues.min()!, eigenvalues.max()!)
    let tolerance = 1e-9 * (high - low)
    let atLow = eigenvalues.count { $0 <= low + tolerance }
    let atHigh = eigenvalues.count { $0 >= high - tolerance }
    let isReflection = low == high || atLow + atHigh == eigenvalues.count
    self.init(low...high, reflectionRank: isReflection ? multiplicity * min(atLow, atHigh) : 0)
  }

  /// That of factor times the observable.
  func scaled(by factor: Double) -> SpectralRange {
    let ends = [factor * range.lowerBound, factor * range.upperBound].sorted()
    return SpectralRange(ends[0]...ends[1], reflectionRank: reflectionRank)
  }
}
