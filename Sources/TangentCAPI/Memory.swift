internal import TangentNumerics
internal import TangentSimulation

/// What a call may allocate. Calls estimate first and ask, so that too much is an error and not the end of the process.
enum Memory {
  static let allowed = Model.memoryLimit

  static func require(_ bytes: Int, _ what: @autoclosure () -> String) throws(TangentError) {
    guard bytes <= allowed else {
      throw TangentError(.outOfMemory, "\(what()) take \(text(bytes)), \(text(allowed)) are allowed")
    }
  }

  static func text(_ bytes: Int) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 1000, unit + 1 < units.count { (value, unit) = (value / 1000, unit + 1) }
    let rounded = (value * 10).rounded() / 10
    return "\(rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)") \(units[unit])"
  }
}
