/// Everything that a program in Swift uses, by one name: `import QTangent`.

@_exported import TangentBounds
@_exported import TangentCircuits
@_exported import TangentClassical
@_exported import TangentDynamics
@_exported import TangentLandscape
@_exported import TangentNumerics
@_exported import TangentOptimization
@_exported import TangentPropagation
@_exported import TangentSimulation
@_exported import TangentTraining
