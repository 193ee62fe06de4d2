/// What the control groups of Linux, of version 1 or 2, leave this process of its machine: a container's quotas.
///
/// The limits of every group above count too, as far as the process sees them.
public struct ContainerQuota: Equatable, Sendable {
  /// In bytes; nil for no limit.
  public private(set) var memory: Int?
  /// Processors' worth of time, rounded up to whole ones; nil for no limit.
  public private(set) var processors: Int?

  public static let current = ContainerQuota(below: "")

  /// - Parameter root: the folder in which /proc and the groups lie.
  init(below root: String) {
    let mounts = ContainerQuota.lines("\(root)/proc/self/mountinfo").compactMap(GroupMount.init)
    for line in ContainerQuota.lines("\(root)/proc/self/cgroup") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      for mount in mounts where mount.serves(controllers: parts[1]) {
        for folder in mount.folders(of: parts[2]) { tighten(by: root + folder) }
      }
    }
  }

  private mutating func tighten(by folder: String) {
    func numbers(_ name: String) -> [Int?] {
      ContainerQuota.lines("\(folder)/\(name)").first.map { $0.split(separator: " ").map { Int($0) } } ?? []
    }
    for found in numbers("memory.max") + numbers("memory.limit_in_bytes") {
      if let found, found > 0 { memory = min(memory ?? found, found) }
    }
    for times in [numbers("cpu.max"), numbers("cpu.cfs_quota_us") + numbers("cpu.cfs_period_us")] {
      // "max" and -1 say that there is none.
      guard times.count == 2, let quota = times[0], let period = times[1], quota > 0, period > 0 else {
        continue
      }
      let count = (quota - 1) / period + 1
      processors = min(processors ?? count, count)
    }
  }

  /// None where the file cannot be read.
  private static func lines(_ path: String) -> [Substring] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    // Files of /proc do not tell their size.
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(descriptor, &piece, piece.count), count > 0 { bytes += piece[..<count] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }
}

/// Where a hierarchy of control groups is mounted: a line of /proc/self/mountinfo.
private struct GroupMount {
  /// The group that lies at `point`.
  private let group: Substring
  private let point: Substring
  /// Empty for version 2.
  private let controllers: Set<Substring>

  /// Nil for what is mounted beside.
  init?(_ line: Substring) {
    let words = line.split(separator: " ")
    guard let dash = words.firstIndex(of: "-"), dash >= 6, words.count == dash + 4 else { return nil }
    group = words[3]
    point = words[4]
    switch words[dash + 1] {
    case "cgroup": controllers = Set(words[dash + 3].split(separator: ","))
    case "cgroup2": controllers = []
    default: return nil
    }
  }

  /// Whether groups of these controllers, "cpu,cpuacct" or "" for version 2, lie here.
  func serves(controllers names: Substring) -> Bool {
    let names = names.split(separator: ",")
    return names.isEmpty ? controllers.isEmpty : names.contains { controllers.contains($0) }
  }

  /// The folder of a group and of those above it, as far as they are mounted; of a group beyond that, `point`.
  func folders(of path: Substring) -> [String] {
    let above = group.split(separator: "/")
    var inner = path.split(separator: "/")
    inner = inner.starts(with: above) && !inner.contains("..") ? Array(inner.dropFirst(above.count)) : []
    return (0...inner.count).map { ([point] + inner.prefix($0)).joined(separator: "/") }
  }
}
