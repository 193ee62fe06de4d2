import TangentCircuits
import TangentNumerics
import TangentSimulation

extension Model {
  /// The distinct eigenvalues of the scaled observable, ascending.
  /// - Throws: `invalidArgument` for several outputs and for an observable on too many qubits; `numerical`; `cancelled`.
  public func measurementLevels(cancel: CancelToken? = nil) throws(TangentError) -> [Double] {
    try singleOutputBasis(cancel).eigenvalues
  }

  /// The weights tr(P_k U rho_j U^dagger) of m samples on the levels, (m, levels) row-major.
  /// - Parameter theta: one parameter vector.
  /// - Throws: as `measurementLevels`; `outOfMemory`; `cancelled`.
  public func levelWeights(
    _ theta: ParameterSets, _ data: InputData, cancel: CancelToken? = nil
  ) throws(TangentError) -> [Double] {
    let basis = try singleOutputBasis(cancel)
    let (columns, vectors) = try outputColumns(theta, data, cancel)
    let levels = basis.eigenvalues.count
    var result = [Double](repeating: 0, count: data.sampleCount * levels)
    for (k, coordinates) in try basis.coordinates(of: vectors, cancel).enumerated() {
      try cancel?.check()
      for a in 0..<columns.count {
        var square = 0.0
        for row in 0..<coordinates.rows {
          let (re, im) = coordinates[row, a]
          square += re * re + im * im
        }
        result[columns.owners[a] * levels + k] += columns.weights[a] * square
      }
    }
    return result
  }

  private func singleOutputBasis(_ cancel: CancelToken?) throws(TangentError) -> MeasurementBasis {
    guard outputCount == 1 else {
      throw .invalid("levels belong to one observable, the model has \(outputCount); pass one")
    }
    return try MeasurementBasis(observables[0], scale: scale, cancel: cancel)
  }
}
