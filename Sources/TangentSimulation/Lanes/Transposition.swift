import CTangentVector
import TangentNumerics

/// The transposed 4 x 4 matrix of four lane vectors.
@inline(__always)
func transposed(_ a: Lane, _ b: Lane, _ c: Lane, _ d: Lane) -> (Lane, Lane, Lane, Lane) {
  let (evenAB, oddAB) = (ctv_even_pairs(a, b), ctv_odd_pairs(a, b))
  let (evenCD, oddCD) = (ctv_even_pairs(c, d), ctv_odd_pairs(c, d))
  return (
    ctv_low_halves(evenAB, evenCD), ctv_low_halves(oddAB, oddCD), ctv_high_halves(evenAB, evenCD),
    ctv_high_halves(oddAB, oddCD)
  )
}
