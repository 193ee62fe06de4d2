import TangentNumerics
import TangentSimulation

/// How a model is measured, in the file of a run with shots.
extension CircuitProblem {
  static func write(_ measurement: Measurement, to writer: inout ByteWriter) {
    write(measurement.probes, to: &writer)
    writer.write(measurement.frequencies)
    writer.write(measurement.entries.flatMap { [$0.rotation, $0.parameter, $0.feature] })
    writer.write(measurement.entries.map(\.factor))
    writer.write(measurement.constants)
    writer.write(measurement.settings.count)
    for setting in measurement.settings {
      writer.write([setting.output, setting.probes.lowerBound, setting.probes.count])
      writer.write(setting.outcomes)
      writer.write(setting.chances)
    }
  }

  static func readMeasurement(from reader: inout ByteReader) throws(TangentError) -> Measurement {
    let probes = try readModel(from: &reader)
    let frequencies = try reader.readDoubles("the frequencies of rotations")
    let indices = try reader.readInts("the entries of parameters")
    let factors = try reader.readDoubles("the factors of parameters")
    guard indices.count == 3 * factors.count else {
      throw corrupted("\(indices.count) indices of \(factors.count) entries")
    }
    let entries = factors.indices.map {
      Measurement.Entry(
        rotation: indices[3 * $0], parameter: indices[3 * $0 + 1], feature: indices[3 * $0 + 2],
        factor: factors[$0])
    }
    let constants = try reader.readDoubles("the constants")
    var settings: [DetectorSetting] = []
    for _ in 0..<(try reader.readCount(elementSize: 24, "the settings")) {
      let places = try reader.readInts("a setting")
      guard places.count == 3, 0..<(1 << 32) ~= places[1], 0..<(1 << 32) ~= places[2] else {
        throw corrupted("a setting names \(places)")
      }
      settings.append(
        try DetectorSetting(
          output: places[0], probes: places[1]..<places[1] + places[2],
          outcomes: reader.readDoubles("the outcomes"), chances: reader.readDoubles("the chances")))
    }
    return try Measurement(
      probes: probes, frequencies: frequencies, entries: entries, settings: settings, constants: constants)
  }
}
