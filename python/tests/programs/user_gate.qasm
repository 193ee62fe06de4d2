// Written by Qiskit 2.6.2 for write_programs.py: user_gate
OPENQASM 3.0;
include "stdgates.inc";
input float[64] alpha;
input float[64] β;
gate inner(alpha, β) _gate_q_0 {
  rx(alpha) _gate_q_0;
  p(β + 2*alpha) _gate_q_0;
}
gate outer(alpha, β) _gate_q_0, _gate_q_1 {
  inner(alpha, β) _gate_q_1;
  cx _gate_q_1, _gate_q_0;
  inner(alpha, β) _gate_q_0;
}
gate mcphase(_gate_p_0) _gate_q_0, _gate_q_1 {
  cp(pi/2) _gate_q_0, _gate_q_1;
}
gate cfixed _gate_q_0, _gate_q_1 {
  h _gate_q_1;
  mcphase(pi/2) _gate_q_0, _gate_q_1;
  h _gate_q_1;
  p(0.7) _gate_q_0;
}
qubit[3] q;
h q[0];
h q[1];
h q[2];
outer(alpha, β) q[2], q[0];
cfixed q[0], q[1];
