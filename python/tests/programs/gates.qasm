// Written by Qiskit 2.6.2 for write_programs.py: gates
OPENQASM 3.0;
include "stdgates.inc";
input float[64] _a_0_;
input float[64] _a_1_;
input float[64] _a_2_;
input float[64] _a_3_;
gate ccry(_a_0_) _gate_q_0, _gate_q_1, _gate_q_2 {
  cu(0.5*_a_0_, 0, 0, 0) _gate_q_1, _gate_q_2;
  cx _gate_q_1, _gate_q_0;
  cu((-0.5)*_a_0_, 0, 0, 0) _gate_q_0, _gate_q_2;
  cx _gate_q_1, _gate_q_0;
  cu(0.5*_a_0_, 0, 0, 0) _gate_q_0, _gate_q_2;
}
gate rzz(p0) _gate_q_0, _gate_q_1 {
  cx _gate_q_0, _gate_q_1;
  rz(p0) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
}
gate rxx(p0) _gate_q_0, _gate_q_1 {
  h _gate_q_0;
  h _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  rz(p0) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  h _gate_q_1;
  h _gate_q_0;
}
gate sxdg _gate_q_0 {
  s _gate_q_0;
  h _gate_q_0;
  s _gate_q_0;
}
gate ryy(p0) _gate_q_0, _gate_q_1 {
  sxdg _gate_q_0;
  sxdg _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  rz(p0) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  sx _gate_q_0;
  sx _gate_q_1;
}
gate iswap _gate_q_0, _gate_q_1 {
  s _gate_q_0;
  s _gate_q_1;
  h _gate_q_0;
  cx _gate_q_0, _gate_q_1;
  cx _gate_q_1, _gate_q_0;
  h _gate_q_1;
}
gate ecr _gate_q_0, _gate_q_1 {
  s _gate_q_0;
  sx _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  x _gate_q_0;
}
gate ccz _gate_q_0, _gate_q_1, _gate_q_2 {
  h _gate_q_2;
  ccx _gate_q_0, _gate_q_1, _gate_q_2;
  h _gate_q_2;
}
gate cs _gate_q_0, _gate_q_1 {
  t _gate_q_0;
  cx _gate_q_0, _gate_q_1;
  tdg _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  t _gate_q_1;
}
gate csx _gate_q_0, _gate_q_1 {
  h _gate_q_1;
  cs _gate_q_0, _gate_q_1;
  h _gate_q_1;
}
gate r(p0, p1) _gate_q_0 {
  U(p0, -pi/2 + p1, pi/2 - p1) _gate_q_0;
}
gate rzx(p0) _gate_q_0, _gate_q_1 {
  h _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  rz(p0) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  h _gate_q_1;
}
bit[4] c;
qubit[4] q;
h q[0];
h q[1];
h q[2];
h q[3];
ccry(_a_0_) q[0], q[2], q[3];
rzz(_a_1_) q[0], q[1];
rxx(_a_2_) q[1], q[2];
ryy(_a_3_) q[2], q[3];
iswap q[0], q[3];
ecr q[1], q[2];
ccz q[0], q[1], q[2];
csx q[3], q[0];
sxdg q[1];
r(_a_0_, 0.3) q[2];
U(_a_1_, 1 + _a_2_, -_a_3_) q[3];
cu(0.1, 0.2, 0.3, 0.4) q[1], q[3];
rzx(_a_3_) q[3], q[1];
barrier q[0], q[1], q[2], q[3];
c[0] = measure q[0];
c[1] = measure q[1];
c[2] = measure q[2];
c[3] = measure q[3];
