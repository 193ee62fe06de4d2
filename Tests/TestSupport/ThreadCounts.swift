import TangentNumerics

/// What `body` returns with 1, 2 and 7 threads, on a pool of its own each, which shares all work.
///
/// - Throws: `NobodyHelped` if only the calling thread took part.
package func resultsByThreads<Result>(
  _ counts: [Int] = [1, 2, 7], _ body: () throws -> Result
) throws -> [Result] {
  try counts.map { count in
    let pool = ThreadPool(sharingAllAmong: count)
    let result = try pool.use(body)
    guard count == 1 || pool.helpCount > 0 else { throw NobodyHelped(threads: count) }
    return result
  }
}

package struct NobodyHelped: Error {
  package let threads: Int
}
