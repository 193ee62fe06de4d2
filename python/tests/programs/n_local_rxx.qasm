// Written by Qiskit 2.6.2 for write_programs.py: n_local_rxx
OPENQASM 3.0;
include "stdgates.inc";
input float[64] _θ_0_;
input float[64] _θ_1_;
input float[64] _θ_2_;
input float[64] _θ_3_;
input float[64] _θ_4_;
input float[64] _θ_5_;
input float[64] _θ_6_;
input float[64] _θ_7_;
input float[64] _θ_8_;
input float[64] _θ_9_;
input float[64] _θ_10_;
input float[64] _θ_11_;
input float[64] _θ_12_;
gate rxx(p0) _gate_q_0, _gate_q_1 {
  h _gate_q_0;
  h _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  rz(p0) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  h _gate_q_1;
  h _gate_q_0;
}
qubit[3] q;
rz(_θ_0_) q[0];
rz(_θ_1_) q[1];
rz(_θ_2_) q[2];
rxx(_θ_3_) q[0], q[1];
rxx(_θ_4_) q[1], q[2];
rz(_θ_5_) q[0];
rz(_θ_6_) q[1];
rz(_θ_7_) q[2];
rxx(_θ_8_) q[0], q[1];
rxx(_θ_9_) q[1], q[2];
rz(_θ_10_) q[0];
rz(_θ_11_) q[1];
rz(_θ_12_) q[2];
