import Glibc
import TangentClassical

/// The recursion over all pairs of steps of one pair of sequences, number by number from its definition.
struct PairReference {
  let network: RecurrentNetwork

  /// The tangent kernel and the covariance of the outputs.
  func kernel(_ x: [[Double]], _ y: [[Double]], areOne: Bool) -> (tangent: Double, outputs: Double) {
    let (xx, yy) = (table(x, x, areOne: true), table(y, y, areOne: true))
    let xy = table(x, y, areOne: areOne, xx, yy)
    let top = network.layers - 1
    let v2 = network.sigmaV * network.sigmaV
    func term(_ t: Int, _ s: Int) -> (tangent: Double, outputs: Double) {
      let entry = xy[top][t][s]
      return (v2 * (entry.value + entry.slope * entry.tangent), v2 * entry.value)
    }
    let (m, n) = (x.count, y.count)
    var sum = (tangent: 0.0, outputs: 0.0)
    switch network.pooling {
    case .last: return term(m, n)
    case .mean:
      for t in 1...m {
        for s in 1...n { sum = (sum.0 + term(t, s).0, sum.1 + term(t, s).1) }
      }
      return (sum.tangent / Double(m * n), sum.outputs / Double(m * n))
    case .meanUntied:
      for t in 1...m { sum = (sum.0 + term(t, t).0, sum.1 + term(t, t).1) }
      return (sum.tangent / Double(m), sum.outputs / Double(m))
    }
  }

  private struct Entry {
    var covariance = 0.0
    var tangent = 0.0
    var value = 0.0
    var slope = 0.0
  }

  /// By layer and both steps, from 1; index 0 is the initial state. Variances from the tables of both with themselves.
  private func table(
    _ x: [[Double]], _ y: [[Double]], areOne: Bool, _ xx: [[[Entry]]]? = nil, _ yy: [[[Entry]]]? = nil
  ) -> [[[Entry]]] {
    let empty = [[Entry]](
      repeating: [Entry](repeating: Entry(), count: y.count + 1), count: x.count + 1)
    var result = [[[Entry]]](repeating: empty, count: network.layers)
    let (w2, u2, b2) = (pow(network.sigmaW, 2), pow(network.sigmaU, 2), pow(network.sigmaB, 2))
    let order = (1...x.count).flatMap { t in (1...y.count).map { s in (t, s) } }
    // The variances of a sequence with itself stand on the diagonal, which the others need first.
    let diagonalFirst = order.filter { $0 == $1 } + order.filter { $0 != $1 }
    for l in 0..<network.layers {
      if areOne || network.initialState == .shared { result[l][0][0].value = pow(network.sigmaH, 2) }
    }
    for (t, s) in xx == nil ? diagonalFirst.filter({ $0 == $1 }) + order : order {
      for l in 0..<network.layers {
        let before = result[l][t - 1][s - 1]
        var entry = Entry()
        if l == 0 {
          let dot = zip(x[t - 1], y[s - 1]).reduce(0) { $0 + $1.0 * $1.1 }
          entry.covariance = w2 * before.value + u2 * dot / Double(x[0].count) + b2
          entry.tangent = w2 * before.slope * before.tangent
        } else {
          let below = result[l - 1][t][s]
          entry.covariance = w2 * before.value + u2 * below.value + b2
          entry.tangent = w2 * before.slope * before.tangent + u2 * below.slope * below.tangent
        }
        if l >= network.frozenLayers { entry.tangent += entry.covariance }
        let isSelf = areOne && t == s
        let k1 = isSelf ? entry.covariance : (xx ?? result)[l][t][t].covariance
        let k2 = isSelf ? entry.covariance : (yy ?? result)[l][s][s].covariance
        (entry.value, entry.slope) = expectations(k1, k2, entry.covariance)
        result[l][t][s] = entry
      }
    }
    return result
  }

  private func expectations(_ k1: Double, _ k2: Double, _ k3: Double) -> (Double, Double) {
    switch network.activation {
    case .relu:
      guard k1 * k2 > 0 else { return (0, 0) }
      let root = (k1 * k2).squareRoot()
      let c = min(max(k3 / root, -1), 1)
      return (
        root / (2 * .pi) * (c * (.pi - acos(c)) + ((1 - c) * (1 + c)).squareRoot()),
        (.pi - acos(c)) / (2 * .pi)
      )
    case .erf:
      let radicand = (1 + 2 * k1) * (1 + 2 * k2)
      return (
        2 / .pi * asin(2 * k3 / radicand.squareRoot()), 4 / .pi / (radicand - 4 * k3 * k3).squareRoot()
      )
    }
  }
}
