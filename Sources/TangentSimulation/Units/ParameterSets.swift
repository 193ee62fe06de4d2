import TangentNumerics

/// One or several parameter vectors, (sets, parameters) row-major.
public struct ParameterSets: Sendable, Equatable {
  public let values: [Double]
  public let setCount: Int
  public let parameterCount: Int

  /// - Throws: unless there is at least one set, the lengths agree and every value is finite.
  public init(values: [Double], setCount: Int, parameterCount: Int) throws(TangentError) {
    let size = setCount.multipliedReportingOverflow(by: parameterCount)
    guard setCount >= 1, parameterCount >= 0, !size.overflow, values.count == size.partialValue else {
      throw .invalid("theta has \(values.count) entries for \(setCount) sets of \(parameterCount) parameters")
    }
    if let bad = values.firstNonFinite {
      throw .invalid("theta[\(bad)] is \(values[bad]); parameters must be finite")
    }
    self.values = values
    self.setCount = setCount
    self.parameterCount = parameterCount
  }

  /// A single parameter vector.
  public init(_ values: [Double]) throws(TangentError) {
    try self.init(values: values, setCount: 1, parameterCount: values.count)
  }
}
