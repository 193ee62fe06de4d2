/// Which kernel of an infinitely wide network: that of its training, or the covariance of its outputs before.
public enum KernelKind: Sendable { case tangent, outputs }
