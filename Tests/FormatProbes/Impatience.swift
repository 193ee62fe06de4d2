import Foundation
import QTangent
import Synchronization

/// Ends what takes longer than a moment, as somebody at the keyboard would.
final class Impatience: Sendable {
  static let shared = Impatience()

  private let current = Mutex<CancelToken?>(nil)

  private init() {
    Thread.detachNewThread { [self] in
      while true {
        usleep(100_000)
        current.withLock { $0?.cancel() }
      }
    }
  }

  /// Only one thread at a time works so.
  func work(_ body: (CancelToken) throws(TangentError) -> Void) throws(TangentError) {
    let token = CancelToken()
    current.withLock { $0 = token }
    defer { current.withLock { $0 = nil } }
    try body(token)
  }
}
