/// The memory of the machine, or of the container that is less.
public enum MachineMemory {
  /// What a call may take, in bytes: nine tenths of all there is.
  public static let limit = limit(
    of: sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)), within: .current)

  static func limit(of physical: Int, within quota: ContainerQuota) -> Int {
    min(physical, quota.memory ?? physical) / 10 * 9
  }
}
