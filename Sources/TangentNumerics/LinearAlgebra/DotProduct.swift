/// sum_k a_k b_k in a fixed order, eight products at a time.
@inlinable
public func dotProduct(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
  var (s, t) = (Lane.zero, Lane.zero)
  var k = 0
  while k &+ 8 <= count {
    s += Lane(a[k], a[k &+ 1], a[k &+ 2], a[k &+ 3]) * Lane(b[k], b[k &+ 1], b[k &+ 2], b[k &+ 3])
    t += Lane(a[k &+ 4], a[k &+ 5], a[k &+ 6], a[k &+ 7]) * Lane(b[k &+ 4], b[k &+ 5], b[k &+ 6], b[k &+ 7])
    k &+= 8
  }
  var sum = (s + t).sum()
  while k < count {
    sum += a[k] * b[k]
    k &+= 1
  }
  return sum
}
