import TangentNumerics

/// Optimizers in saved runs: the code of the rule, then what the rule writes.
public enum OptimizerFormat {
  private static let rules: [any Optimizer.Type] = [
    GradientDescent.self, Momentum.self, Adam.self, RMSProp.self, LBFGS.self, GradientFlow.self,
    NaturalGradient.self,
  ]

  public static func write(_ optimizer: any Optimizer, to writer: inout ByteWriter) {
    writer.write(type(of: optimizer).code)
    optimizer.encode(into: &writer)
  }

  public static func read(from reader: inout ByteReader) throws(TangentError) -> any Optimizer {
    let code = try reader.read(UInt8.self, "the optimizer")
    guard let rule = rules.first(where: { $0.code == code }) else {
      throw TangentError(.corruptedFile, "damaged data: \(code) is not the number of an optimizer")
    }
    let optimizer = try rule.init(from: &reader)
    try optimizer.validate()
    return optimizer
  }
}
