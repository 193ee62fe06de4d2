/// The memory of the machine.
public enum MachineMemory {
  /// What a call may take, in bytes: nine tenths of all there is.
  public static let limit: Int = sysconf(Int32(_SC_PHYS_PAGES)) / 10 * 9 * sysconf(Int32(_SC_PAGESIZE))
}
