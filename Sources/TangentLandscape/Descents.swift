/// Where descents ended: parameters (starts, p) and the polynomial there (starts).
public struct Descents: Sendable {
  public internal(set) var theta: [Double]
  public internal(set) var values: [Double]
}
