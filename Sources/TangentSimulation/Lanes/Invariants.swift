import Synchronization
import TangentNumerics

/// With QTANGENT_CHECK=1: that every state has norm 1, and every density matrix trace 1, behind its way through a circuit.
///
/// Off, it costs a comparison a sweep. States that are off by more than their input may be, and than rounding makes
/// them, show a defect, or matrices that are each unitary within their tolerance and together are not.
public enum Invariants {
  public static let areChecked = getenv("QTANGENT_CHECK").map { String(cString: $0) == "1" } ?? false

  /// How far norm squared or trace may be from 1.
  static func tolerance(_ precision: Precision) -> Double { precision == .double ? 1e-7 : 1e-3 }

  /// The bits of the largest deviation since the last `check`; those of positive doubles are in their order.
  private static let worst = Atomic<UInt64>(0)

  /// Notes a squared norm or a trace. NaN counts as infinitely far.
  static func note(_ value: Double, _ precision: Precision) {
    let deviation = abs(value - 1)
    guard !(deviation <= tolerance(precision)) else { return }
    worst.max((deviation.isNaN ? .infinity : deviation).bitPattern, ordering: .relaxed)
  }

  /// - Throws: `numerical` if a state went wrong since the last call; of calls at the same time any may be told.
  public static func check() throws(TangentError) {
    let found = Double(bitPattern: worst.exchange(0, ordering: .relaxed))
    guard found > 0 else { return }
    throw TangentError(
      .numerical,
      "QTANGENT_CHECK: a state's norm or a density matrix' trace behind the circuit is off 1 by \(found); are there many "
        + "matrices that are unitary to 1e-10 only? If not, please report it")
  }
}
