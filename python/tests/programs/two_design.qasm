// Written by PennyLane 0.45.1 for write_programs.py: two_design
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
creg c[3];
ry(1.4873712552932554) q[0];
ry(2.7080239898134906) q[1];
ry(-1.6337677001659499) q[2];
cz q[0],q[1];
ry(-1.69742814601288) q[0];
ry(-0.460426361858679) q[1];
cz q[1],q[2];
ry(-2.7377943421333177) q[1];
ry(-1.609314072664046) q[2];
measure q[0] -> c[0];
measure q[1] -> c[1];
measure q[2] -> c[2];
