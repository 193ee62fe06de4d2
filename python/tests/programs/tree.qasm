// Written by PennyLane 0.45.1 for write_programs.py: tree
OPENQASM 2.0;
include "qelib1.inc";
qreg q[4];
creg c[4];
ry(-1.6371192610386176) q[0];
ry(-1.2305386235855902) q[1];
cx q[0],q[1];
ry(0.06638055209920246) q[2];
ry(-1.4982209115033485) q[3];
cx q[2],q[3];
ry(1.7469887403416982) q[1];
ry(2.9422490687706597) q[3];
cx q[1],q[3];
measure q[0] -> c[0];
measure q[1] -> c[1];
measure q[2] -> c[2];
measure q[3] -> c[3];
