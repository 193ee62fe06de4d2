extension Angle {
  /// The same angle in the one form that circuits hold: equal terms as one, in the order parameters, features, parameter
  /// times feature, feature times feature, each by its indices, then configuration by its keys.
  ///
  /// Coefficients of equal terms are added in the order given. A sum of zero stays, so that the numbers of parameters
  /// and features follow from what was written and not from its values.
  var merged: Angle {
    let ordered = terms.map { Term($0.coefficient, $0.factor.ordered) }.enumerated().sorted {
      $0.element.factor.key == $1.element.factor.key
        ? $0.offset < $1.offset : $0.element.factor.key < $1.element.factor.key
    }
    var result = Angle(constant: constant)
    for (_, term) in ordered {
      if let last = result.terms.last, last.factor == term.factor {
        result.terms[result.terms.count - 1].coefficient += term.coefficient
      } else {
        result.terms.append(term)
      }
    }
    result.configuration = mergedConfiguration
    return result
  }

  private var mergedConfiguration: [ConfigurationTerm] {
    var sums: [String: Double] = [:]
    for term in configuration { sums[term.key, default: 0] += term.coefficient }
    return sums.sorted { $0.key < $1.key }.map { ConfigurationTerm($0.value, $0.key) }
  }
}

extension Angle.Factor {
  /// The same product with its features in order.
  fileprivate var ordered: Angle.Factor {
    if case .featureFeature(let f, let g) = self, f > g { return .featureFeature(g, f) }
    return self
  }

  fileprivate var key: (kind: Int, first: Int, second: Int) {
    switch self {
    case .parameter(let p): (0, p, 0)
    case .feature(let f): (1, f, 0)
    case .parameterFeature(let p, let f): (2, p, f)
    case .featureFeature(let f, let g): (3, f, g)
    }
  }
}
