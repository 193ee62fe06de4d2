// Written by Qiskit 2.6.2 for write_programs.py: hamiltonian
OPENQASM 3.0;
include "stdgates.inc";
input float[64] _t_0_;
input float[64] _t_1_;
input float[64] _t_2_;
input float[64] _t_3_;
gate rzz(p0) _gate_q_0, _gate_q_1 {
  cx _gate_q_0, _gate_q_1;
  rz(p0) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
}
qubit[4] q;
rzz(2*_t_0_) q[0], q[1];
rzz(_t_0_) q[1], q[3];
rzz((-1.4)*_t_0_) q[2], q[3];
rx(2*_t_1_) q[0];
rx(2*_t_1_) q[3];
rzz(2*_t_2_) q[0], q[1];
rzz(_t_2_) q[1], q[3];
rzz((-1.4)*_t_2_) q[2], q[3];
rx(2*_t_3_) q[0];
rx(2*_t_3_) q[3];
