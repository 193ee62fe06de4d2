import FormatProbes
import Glibc

// FormatFuzz FORMAT, then what libFuzzer takes: a corpus, -max_total_time=600. Built by `make fuzz`.

@_silgen_name("LLVMFuzzerRunDriver") private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

private let words = CommandLine.arguments
private let format = Format(rawValue: words.dropFirst().first ?? "")
if format == nil {
  print("usage: FormatFuzz \(Format.allCases.map(\.rawValue).joined(separator: "|")) [what libFuzzer takes]")
  exit(2)
}
private var arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: words.count)
for (k, word) in ([words[0]] + words.dropFirst(2)).enumerated() { arguments[k] = strdup(word) }
arguments[words.count - 1] = nil
private var count = Int32(words.count - 1)
exit(
  runDriver(&count, &arguments) { bytes, size in
    format?.probe(Array(UnsafeBufferPointer(start: bytes, count: size)))
    return 0
  })
