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
  // Of InlineArray's first system; nothing has been built there yet. Linux has no say here.
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "qtangent", type: .dynamic, targets: ["TangentCAPI", "CTangentXLA"]),
    .library(name: "QTangent", targets: ["QTangent"]),
  ],
  targets: [
    // Floors: each imports only from the floors before it (Tests/HouseTests reads the imports).
    .target(name: "CTangentVector"),
    .target(name: "CTangentThreads"),
    floor("TangentNumerics", ["CTangentVector", "CTangentThreads"]),
    floor("TangentCircuits", ["TangentNumerics"]),
    floor("TangentOptimization", ["TangentNumerics"]),
    floor("TangentSimulation", ["TangentNumerics", "TangentCircuits", "CTangentVector"]),
    floor("TangentClassical", ["CTangentVector", "TangentNumerics", "TangentOptimization"]),
    floor("TangentPropagation", ["TangentNumerics", "TangentCircuits"]),
    floor("TangentDynamics", ["TangentNumerics", "TangentCircuits", "TangentSimulation"]),
    floor("TangentBounds", ["TangentNumerics", "TangentCircuits", "TangentSimulation"]),
    floor(
      "TangentTraining",
      ["TangentNumerics", "TangentOptimization", "TangentCircuits", "TangentSimulation", "TangentBounds"]),
    floor("TangentLandscape", ["CTangentVector", "TangentNumerics", "TangentOptimization"]),

    // What programs in Swift import, and the example of docs/guides/swift.md.
    floor(
      "QTangent",
      [
        "TangentNumerics", "TangentCircuits", "TangentOptimization", "TangentSimulation", "TangentClassical",
        "TangentPropagation", "TangentDynamics", "TangentBounds", "TangentTraining", "TangentLandscape",
      ]),
    .executableTarget(
      name: "FirstTraining", dependencies: ["QTangent"], path: "Examples/FirstTraining",
      swiftSettings: settings),

    // C interface: enums, option structs and callback types in C, every exported function in Swift.
    .target(name: "CTangent"),
    floor(
      "TangentCAPI",
      [
        "CTangent", "CTangentVector", "TangentNumerics", "TangentCircuits", "TangentOptimization",
        "TangentSimulation", "TangentClassical", "TangentPropagation", "TangentDynamics", "TangentBounds",
        "TangentTraining", "TangentLandscape",
      ]),

    // A handler in C that XLA calls, over the exported functions.
    .target(name: "CTangentXLA", exclude: ["xla/LICENSE"]),

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
    tests("TangentOptimizationTests", ["TangentNumerics", "TangentOptimization"]),
    tests(
      "TangentBoundsTests", ["TangentNumerics", "TangentCircuits", "TangentSimulation", "TangentBounds"]),
    tests("TangentClassicalTests", ["TangentNumerics", "TangentOptimization", "TangentClassical"]),
    tests("TangentPropagationTests", ["TangentNumerics", "TangentCircuits", "TangentPropagation"]),
    tests("TangentLandscapeTests", ["TangentNumerics", "TangentOptimization", "TangentLandscape"]),
    tests(
      "TangentTrainingTests",
      [
        "TangentNumerics", "TangentOptimization", "TangentCircuits", "TangentSimulation", "TangentBounds",
        "TangentTraining",
      ]),
    tests(
      "TangentDynamicsTests", ["TangentNumerics", "TangentCircuits", "TangentSimulation", "TangentDynamics"]),
    tests("TangentCAPITests", ["TangentNumerics", "TangentCAPI"]),
    // Bytes from strangers: a corpus for the tests, and what `make fuzz` calls.
    .target(
      name: "FormatProbes", dependencies: ["QTangent"], path: "Tests/FormatProbes", swiftSettings: settings),
    tests("FormatProbesTests", ["FormatProbes"]),
    tests("HouseTests", []),
  ],
  swiftLanguageModes: [.v6]
)

// Links with nothing but libFuzzer, which only `make fuzz` brings.
if Context.environment["QTANGENT_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "FormatFuzz", dependencies: ["FormatProbes"], path: "Tests/FormatFuzz", swiftSettings: settings))
}
