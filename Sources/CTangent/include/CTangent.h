/* Types of the C interface: status codes, enumerations, handles, argument and option structs, callbacks.

   Conventions
   - Functions return a status (QTG_OK or a positive code); qtg_last_error() holds the text of this thread's last failure.
   - Sizes are int64_t. Arrays are row-major double; complex numbers are (re, im) pairs, as complex128 in NumPy.
   - Qubit 0 is the most significant bit of a basis index; character k of a Pauli string acts on qubit k.
   - Handles are checked integers: a freed, unknown or foreign one is an error code. 0 is no handle.
   - Outputs are allocated by the caller and come last. Text and bytes go into (buffer, capacity, *length): length
     receives the size in bytes, without the terminating zero that text gets; a null buffer with capacity 0 only asks.
   - Structs that may grow begin with struct_size, to be set to sizeof of the struct. */
#ifndef CTANGENT_H
#define CTANGENT_H

#include <stdint.h>

/* Raised when a function or a struct changes in an incompatible way. */
#define QTG_ABI_VERSION 1

enum qtg_status {
  QTG_OK = 0,
  QTG_INVALID_ARGUMENT = 1, /* a value, length or index the caller can correct */
  QTG_OUT_OF_MEMORY = 2,    /* the call would need more memory than allowed */
  QTG_INVALID_HANDLE = 3,   /* unknown, freed, or of another type */
  QTG_CANCELLED = 4,        /* the cancel token was set */
  QTG_INPUT_OUTPUT = 5,     /* a file could not be read or written */
  QTG_CORRUPTED_FILE = 6,   /* truncated, damaged, or of another format or version */
  QTG_NUMERICAL = 7,        /* a non-finite number, or no convergence */
  QTG_INTERNAL_ERROR = 8    /* a defect in the library */
};

typedef int64_t qtg_cancel;
typedef int64_t qtg_circuit;
typedef int64_t qtg_observable;
typedef int64_t qtg_model;
typedef int64_t qtg_run;

/* The gate table; qtg_gate_table() says how many qubits and angles each gate takes. Controls come first. */
enum qtg_gate {
  QTG_GATE_H = 0, QTG_GATE_X = 1, QTG_GATE_Y = 2, QTG_GATE_Z = 3, QTG_GATE_S = 4, QTG_GATE_SDG = 5,
  QTG_GATE_T = 6, QTG_GATE_TDG = 7, QTG_GATE_SX = 8, QTG_GATE_CX = 9, QTG_GATE_CY = 10, QTG_GATE_CZ = 11,
  QTG_GATE_SWAP = 12, QTG_GATE_ISWAP = 13, QTG_GATE_CCX = 14, QTG_GATE_RX = 15, QTG_GATE_RY = 16,
  QTG_GATE_RZ = 17, QTG_GATE_PHASE = 18, QTG_GATE_CRX = 19, QTG_GATE_CRY = 20, QTG_GATE_CRZ = 21,
  QTG_GATE_CP = 22, QTG_GATE_RXX = 23, QTG_GATE_RYY = 24, QTG_GATE_RZZ = 25, QTG_GATE_U3 = 26,
  QTG_GATE_SXDG = 27, QTG_GATE_ISWAPDG = 28
};

/* Which neighbours an entangling layer couples. */
enum qtg_topology {
  QTG_TOPOLOGY_RING = 0,  /* (q, q+1) for every q, the last with the first; one pair on two qubits */
  QTG_TOPOLOGY_CHAIN = 1, /* (q, q+1) for q < n-1 */
  QTG_TOPOLOGY_FULL = 2   /* every pair q < r */
};

/* What a term of an angle multiplies its coefficient with. */
enum qtg_angle_kind {
  QTG_ANGLE_PARAMETER = 0,         /* parameter[first] */
  QTG_ANGLE_FEATURE = 1,           /* feature[first] */
  QTG_ANGLE_PARAMETER_FEATURE = 2, /* parameter[first] * feature[second] */
  QTG_ANGLE_FEATURE_FEATURE = 3    /* feature[first] * feature[second] */
};

typedef struct qtg_angle_term {
  double coefficient;
  int32_t kind; /* enum qtg_angle_kind */
  int32_t reserved;
  int64_t first;
  int64_t second;
} qtg_angle_term;

/* constant + the sum of the terms; terms may be null when n_terms is 0. */
typedef struct qtg_angle {
  double constant;
  const qtg_angle_term *terms;
  int64_t n_terms;
} qtg_angle;

#ifdef __swift__
/* The compiler that built the library, for qtg_build_info. */
extern const char *const qtg_compiler;
#endif

#endif
