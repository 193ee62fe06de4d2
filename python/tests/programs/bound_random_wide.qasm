// Written by Qiskit 2.6.2 for write_programs.py: bound_random_wide
OPENQASM 2.0;
include "qelib1.inc";
gate rcccx q0,q1,q2,q3 { h q3; t q3; cx q2,q3; tdg q3; h q3; cx q0,q3; t q3; cx q1,q3; tdg q3; cx q0,q3; t q3; cx q1,q3; tdg q3; h q3; t q3; cx q2,q3; tdg q3; h q3; }
gate xx_minus_yy(param0,param1) q0,q1 { rz(-param1) q1; sdg q0; sx q0; s q0; s q1; cx q0,q1; ry(0.5*param0) q0; ry((-0.5)*param0) q1; cx q0,q1; sdg q1; sdg q0; sxdg q0; s q0; rz(param1) q1; }
qreg q[6];
rcccx q[4],q[2],q[5],q[0];
swap q[3],q[1];
cu1(4.064328851455748) q[3],q[4];
rcccx q[0],q[5],q[2],q[1];
xx_minus_yy(2.8416744088558388,3.815971127084661) q[1],q[2];
rz(1.4015272229689968) q[4];
cu(0.8418659778729931,2.0689861735656154,0.6038670974400993,2.2986399766205294) q[5],q[3];
sdg q[2];
rcccx q[4],q[1],q[3],q[0];
