/// The one error type of the library: what kind of failure, and a message that names the value and the remedy.
public struct TangentError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Int32, Sendable {
    /// A value, length or index the caller can correct.
    case invalidArgument = 1
    /// The call would need more memory than allowed.
    case outOfMemory = 2
    /// A handle that is unknown, freed, or of another type.
    case invalidHandle = 3
    /// The caller's cancel token was set.
    case cancelled = 4
    /// A file could not be read or written.
    case inputOutput = 5
    /// A file is truncated, damaged, or of another format or version.
    case corruptedFile = 6
    /// The computation met a non-finite number or did not converge.
    case numerical = 7
    /// A defect in the library.
    case internalError = 8
  }

  public let kind: Kind
  public let message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public static func invalid(_ message: String) -> TangentError { TangentError(.invalidArgument, message) }

  public var description: String { message }
}
