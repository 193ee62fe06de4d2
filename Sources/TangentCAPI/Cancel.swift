public import CTangent
internal import TangentNumerics

final class CancelBox: Handled {
  static let kind = HandleKind.cancel
  let token = CancelToken()

  /// The token of a handle; nil for 0, no handle.
  static func token(_ handle: Int64) throws(TangentError) -> CancelToken? {
    handle == 0 ? nil : try HandleTable.shared.find(handle, as: CancelBox.self).token
  }
}

/// A new cancel token, not set. Pass it to a long call and set it from another thread to stop that call.
@c(qtg_cancel_create)
public func cancelCreate(_ result: UnsafeMutablePointer<qtg_cancel>?) -> Int32 {
  guarded { () throws(TangentError) in
    let result = try Arguments.nonNull("result", result)
    result.pointee = try HandleTable.shared.insert(CancelBox())
  }
}

/// Asks the calls that hold the token to stop; they return QTG_CANCELLED soon.
@c(qtg_cancel_set)
public func cancelSet(_ cancel: qtg_cancel) -> Int32 {
  guarded { () throws(TangentError) in try HandleTable.shared.find(cancel, as: CancelBox.self).token.cancel()
  }
}

/// Makes a set token usable again.
@c(qtg_cancel_reset)
public func cancelReset(_ cancel: qtg_cancel) -> Int32 {
  guarded { () throws(TangentError) in try HandleTable.shared.find(cancel, as: CancelBox.self).token.reset() }
}

@c(qtg_cancel_free)
public func cancelFree(_ cancel: qtg_cancel) -> Int32 {
  guarded { () throws(TangentError) in try HandleTable.shared.remove(cancel, kind: .cancel) }
}
