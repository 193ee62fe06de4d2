/// Values (points), gradients (points, p) and Hessians (points, p, p), as far as they were asked for.
public struct Evaluations: Sendable {
  public internal(set) var values: [Double]
  public internal(set) var gradients: [Double] = []
  public internal(set) var hessians: [Double] = []
}
