// Written by Qiskit 2.6.2 for write_programs.py: bound_random
OPENQASM 2.0;
include "qelib1.inc";
gate rzx(param0) q0,q1 { h q1; cx q0,q1; rz(param0) q1; cx q0,q1; h q1; }
gate xx_minus_yy(param0,param1) q0,q1 { rz(-param1) q1; sdg q0; sx q0; s q0; s q1; cx q0,q1; ry(0.5*param0) q0; ry((-0.5)*param0) q1; cx q0,q1; sdg q1; sdg q0; sxdg q0; s q0; rz(param1) q1; }
gate iswap q0,q1 { s q0; s q1; h q0; cx q0,q1; cx q1,q0; h q1; }
qreg q[4];
u(5.008134923536883,2.940122020423439,1.904008891790084) q[2];
z q[0];
cy q[1],q[3];
u2(6.25491275416809,4.980441724364625) q[0];
csx q[2],q[1];
u(0.22418580334633095,3.2351418703601045,2.9292588484424504) q[1];
sdg q[0];
rzx(5.762735076743948) q[2],q[3];
cy q[3],q[0];
cu3(1.208898324158355,4.3481660540211,1.2604492206765188) q[1],q[2];
cswap q[0],q[1],q[3];
sdg q[2];
xx_minus_yy(3.1904270545160798,5.474786769203726) q[2],q[0];
iswap q[1],q[3];
