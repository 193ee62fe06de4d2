// Written by Qiskit 2.6.2 for write_programs.py: qaoa
OPENQASM 3.0;
include "stdgates.inc";
input float[64] _β_0_;
input float[64] _γ_0_;
gate rzz(p0) _gate_q_0, _gate_q_1 {
  cx _gate_q_0, _gate_q_1;
  rz(p0) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
}
qubit[4] q;
h q[0];
h q[1];
h q[2];
h q[3];
rzz(2*_γ_0_) q[0], q[1];
rzz(_γ_0_) q[1], q[3];
rzz((-1.4)*_γ_0_) q[2], q[3];
rx(2*_β_0_) q[0];
rx(2*_β_0_) q[1];
rx(2*_β_0_) q[2];
rx(2*_β_0_) q[3];
