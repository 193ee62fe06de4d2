import TangentCircuits
import TangentNumerics
import TangentSimulation

/// The distinct eigenvalues of a model's scaled observable, and the weights of samples on them.
public struct MeasurementLevels: Sendable {
  private let model: Model
  private let basis: MeasurementBasis

  /// - Throws: `invalidArgument` for several outputs and for an observable on too many qubits; `numerical`; `cancelled`.
  public init(of model: Model, cancel: CancelToken? = nil) throws(TangentError) {
    guard model.outputCount == 1 else {
      throw .invalid("levels belong to one observable, the model has \(model.outputCount); pass one")
    }
    self.model = model
    basis = try MeasurementBasis(model.observables[0], scale: model.scale, cancel: cancel)
  }

  /// Ascending.
  public var values: [Double] { basis.eigenvalues }

  /// The weights tr(P_k U rho_j U^dagger) of m samples on the levels, (m, levels) row-major.
  /// - Parameter theta: one parameter vector.
  /// - Throws: `outOfMemory`; `cancelled`.
  public func weights(
    _ theta: ParameterSets, _ data: InputData, cancel: CancelToken? = nil
  ) throws(TangentError) -> [Double] {
    let (columns, vectors) = try model.outputColumns(theta, data, cancel)
    var result = [Double](repeating: 0, count: data.sampleCount * values.count)
    for (k, coordinates) in try basis.coordinates(of: vectors, cancel).enumerated() {
      try cancel?.check()
      for a in 0..<columns.count {
        var square = 0.0
        for row in 0..<coordinates.rows {
          let (re, im) = coordinates[row, a]
          square += re * re + im * im
        }
        result[columns.owners[a] * values.count + k] += columns.weights[a] * square
      }
    }
    return result
  }
}
