/// An amount of memory as error texts word it: "1.5 GB".
public struct ByteCount: CustomStringConvertible {
  private let bytes: Double

  public init(_ bytes: Int) { self.bytes = Double(bytes) }

  public init(_ bytes: Double) { self.bytes = bytes }

  public var description: String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    var (value, unit) = (bytes, 0)
    while value >= 1000, unit + 1 < units.count { (value, unit) = (value / 1000, unit + 1) }
    let rounded = (value * 10).rounded() / 10
    return "\(rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)") \(units[unit])"
  }
}
