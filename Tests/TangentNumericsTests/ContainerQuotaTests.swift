import Foundation
import Testing

@testable import TangentNumerics

/// On folders that look like what processes find in containers.
@Suite struct ContainerQuotaTests {
  private static let second = """
    22 1 0:21 / /proc rw,nosuid shared:2 - proc proc rw
    31 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate

    """
  private static let first = """
    30 23 0:27 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs rw,mode=755
    31 30 0:28 /docker/f00 /sys/fs/cgroup/memory ro,nosuid master:9 - cgroup cgroup rw,memory
    32 30 0:29 /docker/f00 /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct
    33 30 0:30 / /sys/fs/cgroup/systemd ro,nosuid - cgroup systemd rw,name=systemd

    """

  private func quota(_ files: [String: String]) throws -> ContainerQuota {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in files {
      let file = root.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: false, encoding: .utf8)
    }
    return ContainerQuota(below: root.path)
  }

  @Test func withoutGroupsThereIsNoQuota() throws {
    let none = try quota([:])
    #expect((none.memory, none.processors) == (nil, nil))
    #expect(MachineMemory.limit(of: 1000, within: none) == 900)
    #expect(ThreadPool.threads(for: 64, within: none) == 64)
  }

  @Test func theNamespaceOfAContainerOfTheSecondVersion() throws {
    let found = try quota([
      "proc/self/cgroup": "0::/\n", "proc/self/mountinfo": Self.second,
      "sys/fs/cgroup/memory.max": "536870912\n", "sys/fs/cgroup/cpu.max": "150000 100000\n",
    ])
    #expect((found.memory, found.processors) == (512 << 20, 2))
    #expect(MachineMemory.limit(of: 64 << 30, within: found) == (512 << 20) / 10 * 9)
    #expect(MachineMemory.limit(of: 256 << 20, within: found) == (256 << 20) / 10 * 9)
    #expect(ThreadPool.threads(for: 64, within: found) == 2)
    #expect(ThreadPool.threads(for: 1, within: found) == 1)
  }

  /// The tightest of the group and of those above it, each of which may have a limit or none.
  @Test func groupsWithinGroups() throws {
    let group = "sys/fs/cgroup/user.slice/job.scope"
    let files = [
      "proc/self/cgroup": "0::/user.slice/job.scope\n", "proc/self/mountinfo": Self.second,
      "\(group)/memory.max": "max\n", "\(group)/cpu.max": "400000 100000\n",
      "sys/fs/cgroup/user.slice/memory.max": "4000000000\n",
      "sys/fs/cgroup/user.slice/cpu.max": "max 100000\n",
      // Of another group.
      "sys/fs/cgroup/user.slice/other.scope/memory.max": "1\n", "sys/fs/cgroup/other/cpu.max": "1 100000\n",
    ]
    let found = try quota(files)
    #expect((found.memory, found.processors) == (4_000_000_000, 4))
    let above = ["sys/fs/cgroup/user.slice/cpu.max": "20000 100000", "\(group)/memory.max": "5000\n"]
    let tighter = try quota(files.merging(above) { $1 })
    #expect((tighter.memory, tighter.processors) == (5000, 1))
  }

  @Test(arguments: ["/docker/f00", "/docker/f00/inner", "/elsewhere", "/../beside"])
  func containersOfTheFirstVersion(path: String) throws {
    let found = try quota([
      "proc/self/cgroup": "9:memory:\(path)\n5:cpu,cpuacct:\(path)\n1:name=systemd:/\n0::/\n",
      "proc/self/mountinfo": Self.first,
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "1073741824\n",
      "sys/fs/cgroup/memory/inner/memory.limit_in_bytes": "9223372036854771712\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "250000\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
      "sys/fs/cgroup/cpu,cpuacct/inner/cpu.cfs_quota_us": "-1\n",
      "sys/fs/cgroup/cpu,cpuacct/inner/cpu.cfs_period_us": "100000\n",
    ])
    #expect((found.memory, found.processors) == (1 << 30, 3))
  }

  @Test func noLimitOfTheFirstVersionIsAllThereIs() throws {
    let found = try quota([
      "proc/self/cgroup": "9:memory:/docker/f00\n5:cpu,cpuacct:/docker/f00\n",
      "proc/self/mountinfo": Self.first,
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
    ])
    #expect(found.processors == nil)
    #expect(MachineMemory.limit(of: 1000, within: found) == 900)
  }

  @Test(
    arguments: [
      "", "\n", "max", "0", "-5", "1e9", "99999999999999999999999", "10 0", "0 10", "5 -1", "a b c",
    ])
  func whatIsNoLimitCountsAsNone(text: String) throws {
    let found = try quota([
      "proc/self/cgroup": "0::/\n\n:\nnothing\n", "proc/self/mountinfo": Self.second + "31 22 -\n- cgroup2\n",
      "sys/fs/cgroup/cpu.max": text, "sys/fs/cgroup/cpu.cfs_quota_us": text,
      "sys/fs/cgroup/memory.max": text.contains(" ") ? "max" : text,
    ])
    #expect((found.memory, found.processors) == (nil, nil))
  }

  @Test func whatThisProcessMayUse() {
    if let memory = ContainerQuota.current.memory { #expect(MachineMemory.limit <= memory) }
    #expect(MachineMemory.limit > 0)
  }
}
