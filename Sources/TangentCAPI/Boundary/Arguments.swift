internal import TangentCircuits
internal import TangentNumerics

/// Checks of what C code passes in. Every message names the argument.
enum Arguments {
  /// How many numbers of 8 bytes an array of this shape holds.
  /// - Throws: for a negative size, and for more than memory allows.
  static func count(_ name: String, _ factors: Int64...) throws(TangentError) -> Int {
    var product: Int64 = 1
    for factor in factors {
      guard factor >= 0 else { throw .invalid("\(name) of shape \(factors): a size must not be negative") }
      let (partial, overflow) = product.multipliedReportingOverflow(by: factor)
      guard !overflow else {
        throw TangentError(.outOfMemory, "\(name) of shape \(factors) do not fit in memory")
      }
      product = partial
    }
    let bytes = product.multipliedReportingOverflow(by: 8)
    try Memory.require(bytes.overflow ? Int.max : Int(bytes.partialValue), "\(name) of shape \(factors)")
    return Int(product)
  }

  static func nonNull<T>(_ name: String, _ pointer: UnsafePointer<T>?) throws(TangentError) -> UnsafePointer<
    T
  > {
    guard let pointer else { throw .invalid("\(name) is a null pointer") }
    return pointer
  }

  static func nonNull<T>(
    _ name: String, _ pointer: UnsafeMutablePointer<T>?
  ) throws(TangentError) -> UnsafeMutablePointer<T> {
    guard let pointer else { throw .invalid("\(name) is a null pointer") }
    return pointer
  }

  /// A view of `count` elements; an empty one may be null.
  static func buffer<T>(
    _ name: String, _ pointer: UnsafePointer<T>?, count: Int
  ) throws(TangentError) -> UnsafeBufferPointer<T> {
    if count == 0 { return UnsafeBufferPointer(start: nil, count: 0) }
    return UnsafeBufferPointer(start: try nonNull(name, pointer), count: count)
  }

  /// A copy of `count` finite doubles.
  static func doubles(
    _ name: String, _ pointer: UnsafePointer<Double>?, count: Int
  ) throws(TangentError) -> [Double] {
    let view = try buffer(name, pointer, count: count)
    guard let bad = view.firstNonFinite else { return Array(view) }
    throw .invalid("\(name)[\(bad)] is \(view[bad]), it must be finite")
  }

  /// A square complex matrix from row-major (re, im) pairs.
  static func matrix(
    _ name: String, _ pointer: UnsafePointer<Double>?, dimension: Int64
  ) throws(TangentError) -> ComplexMatrix {
    guard (1...(1 << 14)).contains(dimension) else {
      throw .invalid("\(name) has dimension \(dimension), 1 to \(1 << 14) is supported")
    }
    let entries = try buffer(name, pointer, count: try count(name, dimension, dimension, 2))
    guard entries.allSatisfy(\.isFinite) else { throw .invalid("\(name) has an entry that is not finite") }
    return ComplexMatrix(rows: Int(dimension), columns: Int(dimension), interleaved: entries)
  }

  /// Qubit indices, as native integers.
  static func qubits(_ pointer: UnsafePointer<Int64>?, count: Int64) throws(TangentError) -> [Int] {
    let most = Register.maximumQubits
    guard (0...Int64(most)).contains(count) else {
      throw .invalid("n_qubits is \(count), 0 to \(most) is expected")
    }
    return try buffer("qubits", pointer, count: Int(count)).map { Int($0) }
  }

  /// Text that ends with a zero within `limit` bytes and is UTF-8.
  static func text(_ name: String, _ pointer: UnsafePointer<CChar>?, limit: Int = 4096) throws(TangentError)
    -> String
  {
    let start = try nonNull(name, pointer)
    for length in 0...limit where start[length] == 0 {
      let bytes = UnsafeBufferPointer(start: start, count: length).map { UInt8(bitPattern: $0) }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw .invalid("\(name) is not UTF-8 text")
      }
      return text
    }
    throw .invalid("\(name) is longer than \(limit) bytes")
  }
}

/// Writing of results into memory that the caller allocated.
enum Results {
  /// Text with a terminating zero; `length` receives its bytes without the zero.
  static func write(
    _ text: String, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int64,
    _ length: UnsafeMutablePointer<Int64>?
  ) throws(TangentError) {
    let bytes = Array(text.utf8)
    let length = try Arguments.nonNull("length", length)
    length.pointee = Int64(bytes.count)
    guard let buffer else { return try askedOnly(capacity) }
    guard capacity > bytes.count else {
      throw .invalid("the buffer holds \(capacity) bytes, the text needs \(bytes.count + 1)")
    }
    for (k, byte) in bytes.enumerated() { buffer[k] = CChar(bitPattern: byte) }
    buffer[bytes.count] = 0
  }

  /// Numbers or bytes; `length` receives how many.
  static func write<Element: BitwiseCopyable>(
    _ values: [Element], _ buffer: UnsafeMutablePointer<Element>?, _ capacity: Int64,
    _ length: UnsafeMutablePointer<Int64>?
  ) throws(TangentError) {
    let length = try Arguments.nonNull("length", length)
    length.pointee = Int64(values.count)
    guard let buffer else { return try askedOnly(capacity) }
    guard capacity >= values.count else {
      let unit = Element.self == UInt8.self ? "bytes" : "numbers"
      throw .invalid("the buffer holds \(capacity) \(unit), \(values.count) are needed")
    }
    buffer.update(from: values, count: values.count)
  }

  static func write(_ values: [Double], to pointer: UnsafeMutablePointer<Double>?, _ name: String)
    throws(TangentError)
  {
    if values.isEmpty { return }
    try requireFinite(values, name)
    try Arguments.nonNull(name, pointer).update(from: values, count: values.count)
  }

  static func write(_ matrix: ComplexMatrix, to pointer: UnsafeMutablePointer<Double>?, _ name: String)
    throws(TangentError)
  {
    let pointer = try Arguments.nonNull(name, pointer)
    try requireFinite(matrix.re, name)
    try requireFinite(matrix.im, name)
    for k in matrix.re.indices {
      pointer[2 * k] = matrix.re[k]
      pointer[2 * k + 1] = matrix.im[k]
    }
  }

  /// Finite arguments can still overflow on the way: a large coefficient times a large parameter, scale times observable.
  static func requireFinite(_ values: [Double], _ name: String) throws(TangentError) {
    try values.withUnsafeBufferPointer { values throws(TangentError) in
      if let start = values.baseAddress { try requireFinite(start, values.count, name) }
    }
  }

  static func requireFinite(
    _ values: UnsafePointer<Double>, _ count: Int, _ name: String
  ) throws(TangentError) {
    let values = UnsafeBufferPointer(start: values, count: count)
    guard let position = values.firstNonFinite else { return }
    let bad = values[position]
    throw TangentError(
      .numerical,
      "\(name): \(bad) came out of finite arguments; an angle, the scale or a coefficient overflows")
  }

  private static func askedOnly(_ capacity: Int64) throws(TangentError) {
    if capacity != 0 { throw .invalid("the buffer is a null pointer and its capacity is \(capacity)") }
  }
}
