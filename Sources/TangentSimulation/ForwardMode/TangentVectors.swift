import CTangentVector
import TangentNumerics

/// Forward mode: the tangent vectors of one chunk of parameters, for one state in all lanes.
struct TangentVectors {
  let runner: BlockRunner<Lane>
  let program: TangentProgram
  let cancel: CancelToken?

  private var plan: Plan { runner.engine.plan }
  private var size: Int { 2 * plan.amplitudes }

  /// Writes |d_k psi> in the frame of the program, and <psi|d_k psi> (real, then imaginary parts), block after block.
  func compute(
    _ chunk: TangentProgram.Chunk, into tangents: UnsafeMutablePointer<Lane>,
    projections: UnsafeMutablePointer<Lane>
  ) {
    let psi = runner.workspace.states
    tangents.update(repeating: .zero, count: chunk.blocks.count * size)
    if chunk.first < program.frame {
      forward(chunk, psi, tangents)
      project(chunk, psi, tangents, projections)
      for block in 0..<chunk.blocks.count {
        move(tangents + block * size, from: chunk.last, to: program.frame)
      }
    } else {
      backward(chunk, psi, tangents)
      project(chunk, psi, tangents, projections)
      for block in 0..<chunk.blocks.count {
        move(tangents + block * size, from: chunk.first, to: program.frame)
      }
    }
  }

  /// Everything to the place before step `chunk.last`; psi comes from the circuit's beginning.
  private func forward(
    _ chunk: TangentProgram.Chunk, _ psi: UnsafeMutablePointer<Lane>, _ tangents: UnsafeMutablePointer<Lane>
  ) {
    move(psi, from: 0, to: chunk.first)
    var next = 0
    for step in chunk.first...chunk.last {
      while next < chunk.seeds.count, chunk.seeds[next].generator.step == step {
        insert(chunk.seeds[next], chunk, psi, tangents)
        next += 1
      }
      if step == chunk.last || isCancelled { return }
      for (block, span) in chunk.spans.enumerated() where span.lowerBound <= step {
        move(tangents + block * size, from: step, to: step + 1)
      }
      move(psi, from: step, to: step + 1)
    }
  }

  /// Everything to the place before step `chunk.first`, from the other side.
  private func backward(
    _ chunk: TangentProgram.Chunk, _ psi: UnsafeMutablePointer<Lane>, _ tangents: UnsafeMutablePointer<Lane>
  ) {
    move(psi, from: 0, to: chunk.last)
    var next = chunk.seeds.count - 1
    for step in (chunk.first...chunk.last).reversed() {
      while next >= 0, chunk.seeds[next].generator.step == step {
        insert(chunk.seeds[next], chunk, psi, tangents)
        next -= 1
      }
      if step == chunk.first || isCancelled { return }
      for (block, span) in chunk.spans.enumerated() where span.upperBound >= step {
        move(tangents + block * size, from: step, to: step - 1)
      }
      move(psi, from: step, to: step - 1)
    }
  }

  private var isCancelled: Bool { cancel.map(\.isCancelled) ?? false }

  private func insert(
    _ seed: TangentProgram.Seed, _ chunk: TangentProgram.Chunk, _ psi: UnsafeMutablePointer<Lane>,
    _ tangents: UnsafeMutablePointer<Lane>
  ) {
    var factor = Lane.zero
    factor[seed.lane] = seed.coefficient
    if seed.factor >= 0 { factor *= runner.workspace.variables[seed.factor] }
    seed.generator.insert(
      psi, factor, into: tangents + (seed.block - chunk.blocks.lowerBound) * size,
      amplitudes: plan.amplitudes)
  }

  /// A state from before step `start` to before step `end`.
  private func move(_ state: UnsafeMutablePointer<Lane>, from start: Int, to end: Int) {
    if start < end {
      for k in start..<end {
        if isCancelled { return }
        runner.sweep.apply(plan.steps[k].pass, state, state)
      }
    } else {
      for k in (end..<start).reversed() {
        if isCancelled { return }
        runner.sweep.apply(plan.steps[k].pass, state, state, inverse: true)
      }
    }
  }

  private func project(
    _ chunk: TangentProgram.Chunk, _ psi: UnsafePointer<Lane>, _ tangents: UnsafePointer<Lane>,
    _ projections: UnsafeMutablePointer<Lane>
  ) {
    for block in 0..<chunk.blocks.count {
      let tangent = tangents + block * size
      var (re, im) = (Lane.zero, Lane.zero)
      for i in 0..<plan.amplitudes {
        let (pr, pi, tr, ti) = (psi[2 &* i], psi[2 &* i &+ 1], tangent[2 &* i], tangent[2 &* i &+ 1])
        re = ctv_fma(pr, tr, ctv_fma(pi, ti, re))
        im = ctv_fma(pr, ti, ctv_fnma(pi, tr, im))
      }
      projections[2 * block] = re
      projections[2 * block + 1] = im
    }
  }
}
