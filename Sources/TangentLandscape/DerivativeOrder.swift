/// How far an evaluation goes; each includes those before it.
public enum DerivativeOrder: Int, Sendable, Comparable {
  case value = 0
  case gradient = 1
  case hessian = 2
  case third = 3

  public static func < (a: DerivativeOrder, b: DerivativeOrder) -> Bool { a.rawValue < b.rawValue }
}
