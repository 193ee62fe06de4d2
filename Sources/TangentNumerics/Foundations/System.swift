// The C library, for every floor: the one place that knows its name.
#if canImport(Darwin)
  @_exported import Darwin
#else
  @_exported import Glibc
#endif
