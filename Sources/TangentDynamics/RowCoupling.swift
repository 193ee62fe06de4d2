import TangentNumerics

/// What the generator -c [Lambda, rho] does between a block of rows of C and its partners, the rows after it (and the
/// block itself if it holds several eigenvalues). Rows of equal eigenvalue do not couple.
struct RowCoupling {
  private let own: Range<Int>
  private let partners: Range<Int>
  /// -c (lambda_x - lambda_y) for x in the block and y in its partners.
  private let gaps: [Double]
  private var block: ComplexMatrix
  private var weighted: ComplexMatrix
  private var others: ComplexMatrix
  private var othersAdjoint: ComplexMatrix
  private var generator: ComplexMatrix
  private var generatorAdjoint: ComplexMatrix
  private var blockChange: ComplexMatrix
  private var othersChange: ComplexMatrix

  /// All couplings of the rows; eigenvalues with few rows share a block, because small products are slow.
  static func all(groups: [Int], _ eigenvalues: [Double], columns: Int, rate: Double) -> [RowCoupling] {
    var result: [RowCoupling] = []
    var start = 0
    var end = 0
    for (k, rows) in groups.enumerated() {
      end += rows
      guard end - start >= 16 || k == groups.count - 1 else { continue }
      let isMixed = eigenvalues[start..<end].contains { $0 != eigenvalues[start] }
      let partners = (isMixed ? start : end)..<eigenvalues.count
      if start < end && !partners.isEmpty {
        result.append(RowCoupling(start..<end, partners, eigenvalues, columns: columns, rate: rate))
      }
      start = end
    }
    return result
  }

  private init(
    _ own: Range<Int>, _ partners: Range<Int>, _ eigenvalues: [Double], columns: Int, rate: Double
  ) {
    self.own = own
    self.partners = partners
    gaps = own.flatMap { x in partners.map { -rate * (eigenvalues[x] - eigenvalues[$0]) } }
    block = ComplexMatrix(rows: own.count, columns: columns)
    weighted = block
    blockChange = block
    others = ComplexMatrix(rows: partners.count, columns: columns)
    othersChange = others
    othersAdjoint = ComplexMatrix(rows: columns, columns: partners.count)
    generator = ComplexMatrix(rows: own.count, columns: partners.count)
    generatorAdjoint = ComplexMatrix(rows: partners.count, columns: own.count)
  }

  /// Adds its part of dC/dt for the state C with `rows` rows; `residuals` is the diagonal of R.
  /// - Parameter cancel: once it is set products are left out, and what is added means nothing.
  mutating func add(
    _ state: [Double], _ residuals: [Double], rows: Int, to out: inout [Double], cancel: CancelToken?
  ) {
    let imaginary = rows * block.columns
    block.load(state, firstRow: own.lowerBound, imaginary: imaginary)
    others.load(state, firstRow: partners.lowerBound, imaginary: imaginary)
    weighted.assign(1, block)
    weighted.scaleColumns(by: residuals)
    othersAdjoint.assignAdjoint(of: others)
    generator.assignProduct(weighted, othersAdjoint, cancel: cancel)
    generator.multiplyEntries(by: gaps)
    blockChange.assignProduct(generator, others, cancel: cancel)
    blockChange.add(to: &out, rows: 0..<own.count, firstRow: own.lowerBound, factor: 1, imaginary: imaginary)
    let after = own.upperBound - partners.lowerBound  // partners inside the block had their share above
    generatorAdjoint.assignAdjoint(of: generator)
    othersChange.assignProduct(generatorAdjoint, block, cancel: cancel)
    othersChange.add(
      to: &out, rows: after..<partners.count, firstRow: own.upperBound, factor: -1, imaginary: imaginary)
  }
}

extension ComplexMatrix {
  /// Copies rows of a larger matrix, stored as its real plane and, from `imaginary` on, its imaginary plane.
  fileprivate mutating func load(_ planes: [Double], firstRow: Int, imaginary: Int) {
    let start = firstRow * columns
    for k in re.indices { re[k] = planes[start + k] }
    for k in im.indices { im[k] = planes[imaginary + start + k] }
  }

  /// Adds factor times `rows` to the rows from `firstRow` on of a larger matrix.
  fileprivate func add(
    to planes: inout [Double], rows: Range<Int>, firstRow: Int, factor: Double, imaginary: Int
  ) {
    let shift = (firstRow - rows.lowerBound) * columns
    for k in rows.lowerBound * columns..<rows.upperBound * columns {
      planes[shift + k] += factor * re[k]
      planes[imaginary + shift + k] += factor * im[k]
    }
  }

  fileprivate mutating func scaleColumns(by factors: [Double]) {
    for row in 0..<rows {
      for a in 0..<columns {
        re[row * columns + a] *= factors[a]
        im[row * columns + a] *= factors[a]
      }
    }
  }

  fileprivate mutating func multiplyEntries(by factors: [Double]) {
    for k in re.indices {
      re[k] *= factors[k]
      im[k] *= factors[k]
    }
  }
}
