// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [.treatAllWarnings(as: .error)]

func floor(_ name: String, _ below: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: below, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: settings)
}

let package = Package(
  name: "qtangent",
  products: [
    .library(name: "qtangent", type: .dynamic, targets: ["TangentCAPI"]),
    .library(
      name: "QTangent",
      targets: [
        "TangentNumerics", "TangentCircuits", "TangentSimulation", "TangentTraining", "TangentDynamics",
      ]),
  ],
  targets: [
    // Floors: each imports only from the floors before it (Tests/HouseTests reads the imports).
    .target(name: "CTangentVector"),
    .target(name: "CTangentThreads"),
    floor("TangentNumerics", ["CTangentVector", "CTangentThreads"]),
    floor("TangentCircuits", ["TangentNumerics"]),
    floor("TangentSimulation", ["TangentNumerics", "TangentCircuits", "CTangentVector"]),
    floor("TangentTraining", ["TangentNumerics", "TangentCircuits", "TangentSimulation"]),
    floor("TangentDynamics", ["TangentNumerics", "TangentCircuits", "TangentSimulation"]),

    // C interface: enums, option structs and callback types in C, every exported function in Swift.
    .target(name: "CTangent"),
    floor(
      "TangentCAPI",
      [
        "CTangent", "CTangentVector", "TangentNumerics", "TangentCircuits", "TangentSimulation",
        "TangentTraining", "TangentDynamics",
      ]),

    // Benchmark of the passes: make bench-passes.
    .executableTarget(
      name: "PassBenchmarks",
      dependencies: ["CTangentVector", "TangentNumerics", "TangentCircuits", "TangentSimulation"],
      path: "Benchmarks/Passes", swiftSettings: settings),

    // Tests.
    .target(
      name: "TestSupport",
      dependencies: ["TangentNumerics", "TangentCircuits", "TangentSimulation"],
      path: "Tests/TestSupport", swiftSettings: settings),
    tests("TangentNumericsTests", ["TangentNumerics"]),
    tests("TangentCircuitsTests", ["TangentNumerics", "TangentCircuits"]),
    tests("TangentSimulationTests", ["TangentNumerics", "TangentCircuits", "TangentSimulation"]),
    tests(
      "TangentTrainingTests", ["TangentNumerics", "TangentCircuits", "TangentSimulation", "TangentTraining"]),
    tests(
      "TangentDynamicsTests", ["TangentNumerics", "TangentCircuits", "TangentSimulation", "TangentDynamics"]),
    tests("HouseTests", []),
  ],
  swiftLanguageModes: [.v6]
)
