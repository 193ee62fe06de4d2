import TangentNumerics
import TangentOptimization

/// Teacher and samples in the file of a run.
extension TeacherStudentProblem {
  public static var file: FileFormat { FileFormat(name: "run of students", magic: "QTANGNET", version: 1) }

  public func encode(into writer: inout ByteWriter) {
    writer.write(net.activation == .relu)
    writer.write(net.dimension)
    writer.write(net.teacher)
    writer.write(neurons)
    writer.write(samples != nil)
    if let samples {
      writer.write(samples.inputs)
      writer.write(samples.labels)
    }
  }

  public convenience init(from reader: inout ByteReader) throws(TangentError) {
    let isRelu = try reader.readBool("the activation")
    let dimension = try reader.read(Int.self, "the dimension")
    let net = try TeacherStudent(
      teacher: try reader.readDoubles("the teacher"), dimension: dimension,
      activation: isRelu ? .relu : .absoluteValue)
    let neurons = try reader.read(Int.self, "the number of neurons")
    var samples: TrainingSamples?
    if try reader.readBool("whether there are samples") {
      samples = try TrainingSamples(
        inputs: try reader.readDoubles("the inputs"), labels: try reader.readDoubles("the labels"),
        dimension: dimension)
    }
    try self.init(net, neurons: neurons, samples: samples)
  }
}
