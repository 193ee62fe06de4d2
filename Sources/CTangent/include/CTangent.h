/* Types of the C interface: status codes, enumerations, handles, argument and option structs, callbacks.

   Conventions
   - Functions return a status (QTG_OK or a positive code); qtg_last_error() holds the text of this thread's last failure.
   - Sizes are int64_t. Arrays are row-major double; complex numbers are (re, im) pairs, as complex128 in NumPy.
   - Qubit 0 is the most significant bit of a basis index; character k of a Pauli string acts on qubit k.
   - Handles are checked integers: a freed, unknown or foreign one is an error code. 0 is no handle.
   - Outputs are allocated by the caller and come last. Text and bytes go into (buffer, capacity, *length): length
     receives the size in bytes, without the terminating zero that text gets; a null buffer with capacity 0 only asks.
   - Structs that may grow begin with struct_size, to be set to sizeof of the struct.
   - @since tells the version of QTangent that a function came with; RELEASING.md, what may change. */
#ifndef CTANGENT_H
#define CTANGENT_H

#include <stdint.h>

/* Raised when a function or a struct changes in an incompatible way. */
#define QTG_ABI_VERSION 2

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
typedef int64_t qtg_samples;
typedef int64_t qtg_model;
typedef int64_t qtg_run;
typedef int64_t qtg_trigonometric;
typedef int64_t qtg_channel;
typedef int64_t qtg_measurement;

/* The gate table; qtg_gate_table() says how many qubits and angles each gate takes. Controls come first. */
enum qtg_gate {
  QTG_GATE_H = 0, QTG_GATE_X = 1, QTG_GATE_Y = 2, QTG_GATE_Z = 3, QTG_GATE_S = 4, QTG_GATE_SDG = 5,
  QTG_GATE_T = 6, QTG_GATE_TDG = 7, QTG_GATE_SX = 8, QTG_GATE_CX = 9, QTG_GATE_CY = 10, QTG_GATE_CZ = 11,
  QTG_GATE_SWAP = 12, QTG_GATE_ISWAP = 13, QTG_GATE_CCX = 14, QTG_GATE_RX = 15, QTG_GATE_RY = 16,
  QTG_GATE_RZ = 17, QTG_GATE_PHASE = 18, QTG_GATE_CRX = 19, QTG_GATE_CRY = 20, QTG_GATE_CRZ = 21,
  QTG_GATE_CP = 22, QTG_GATE_RXX = 23, QTG_GATE_RYY = 24, QTG_GATE_RZZ = 25, QTG_GATE_U3 = 26,
  QTG_GATE_SXDG = 27, QTG_GATE_ISWAPDG = 28
};

/* What an instruction of a circuit is. */
enum qtg_instruction_kind {
  QTG_INSTRUCTION_GATE = 0,      /* a row of the gate table */
  QTG_INSTRUCTION_ROTATION = 1,  /* exp(-i angle P/2) with one Pauli letter a qubit */
  QTG_INSTRUCTION_EVOLUTION = 2, /* exp(-i angle H) with a generator on the instruction's qubits */
  QTG_INSTRUCTION_UNITARY = 3,   /* a fixed matrix */
  QTG_INSTRUCTION_CHANNEL = 4    /* noise, or a reset */
};

/* How a channel is given. */
enum qtg_channel_form {
  QTG_CHANNEL_DEPOLARIZING = 0, /* rho -> kept rho + (1 - kept) tr(rho) 1/d */
  QTG_CHANNEL_PAULI = 1,        /* every Pauli string with its probability */
  QTG_CHANNEL_KRAUS = 2         /* rho -> sum_k K_k rho K_k^dagger */
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
  QTG_ANGLE_FEATURE_FEATURE = 3,   /* feature[first] * feature[second] */
  QTG_ANGLE_CONFIGURATION = 4      /* what a configuration gives for the key first, see qtg_config_key; else 0 */
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

enum qtg_state_kind {
  QTG_STATES_NONE = 0, /* every sample starts in |0...0> */
  QTG_STATES_PURE = 1, /* complex (n_samples, dimension), normalised */
  QTG_STATES_MIXED = 2 /* complex (n_samples, dimension, dimension), density matrices */
};

/* What qtg_samples_create copies: features, input states, or both. */
typedef struct qtg_data {
  int64_t struct_size;
  int64_t n_samples;
  const double *features; /* (n_samples, n_features), or null */
  int64_t n_features;
  const double *states; /* as state_kind says, or null */
  int64_t dimension;    /* 2^n_qubits */
  int32_t state_kind;   /* enum qtg_state_kind */
  int32_t reserved;
} qtg_data;

enum qtg_loss {
  QTG_LOSS_MSE = 0,          /* 1/(2m) sum_j sum_a (yhat_ja - y_ja)^2 */
  QTG_LOSS_CROSS_ENTROPY = 1 /* 1/m sum_j -log softmax(yhat_j)[label_j] */
};

/* What the predictions are trained towards; the loss decides which of the two arrays is read. */
typedef struct qtg_targets {
  int64_t struct_size;
  int32_t loss; /* enum qtg_loss */
  int32_t reserved;
  int64_t n_samples;
  int64_t n_outputs;
  const double *values;  /* mean squared error: (n_samples, n_outputs) */
  const int64_t *labels; /* cross-entropy: (n_samples), each 0 to n_outputs - 1 */
  const double *weights; /* of the samples: (n_samples), at least 0; null where all weigh the same */
} qtg_targets;

/* The numbers in which a model simulates; parameters, data and results are doubles in either. */
enum qtg_precision {
  QTG_PRECISION_DOUBLE = 0,
  QTG_PRECISION_SINGLE = 1 /* about twice as fast, exact to about 1e-6 of the scale */
};

/* What a model simulates. */
enum qtg_simulation {
  QTG_SIMULATION_AUTO = 0,   /* density matrices where the observables see channels, state vectors elsewhere */
  QTG_SIMULATION_DENSITY = 1, /* density matrices in any case, for predictions and their first derivatives */
  /* One trajectory a sample, for the same: a channel is one of its operators, which a number from 0 to 1 chooses; the numbers
     are features behind those of the circuit, channel by channel. */
  QTG_SIMULATION_TRAJECTORIES = 2
};

/* What qtg_model_memory and qtg_model_duration estimate. */
enum qtg_task {
  QTG_TASK_PREDICT = 0,
  QTG_TASK_GRADIENT = 1,
  QTG_TASK_JACOBIAN = 2,
  QTG_TASK_TANGENT_KERNEL = 3,
  QTG_TASK_OUTPUT_STATES = 4,
  QTG_TASK_FISHER_INFORMATION = 5, /* that of the data too */
  QTG_TASK_DQNTK = 6,
  QTG_TASK_VJP = 7,
  QTG_TASK_FEATURE_JACOBIAN = 8,
  QTG_TASK_FEATURE_FISHER_INFORMATION = 9,
  QTG_TASK_HESSIAN_PRODUCT = 10,
  QTG_TASK_HESSIAN = 11,
  QTG_TASK_LOSS_HESSIAN_PRODUCT = 12,
  QTG_TASK_LOSS_HESSIAN = 13,
  QTG_TASK_VJP_PRODUCT = 14
};

enum qtg_optimizer {
  QTG_GRADIENT_DESCENT = 0, /* learning_rate */
  QTG_MOMENTUM = 1,         /* learning_rate, momentum */
  QTG_ADAM = 2,             /* learning_rate, beta1, beta2, epsilon */
  QTG_RMSPROP = 3,          /* learning_rate, alpha, epsilon */
  QTG_LBFGS = 4,            /* memory */
  QTG_GRADIENT_FLOW = 5,    /* rate, dt */
  QTG_NATURAL_GRADIENT = 6  /* learning_rate, damping */
};

/* What a run records; a bit mask. The loss always is. */
enum qtg_record {
  QTG_RECORD_LOSS = 1,
  QTG_RECORD_PREDICTIONS = 2,
  QTG_RECORD_KERNEL = 4,
  QTG_RECORD_THETA = 8,
  QTG_RECORD_GRADIENT_NORM = 16 /* Euclidean, on the full set */
};

/* Axes that the caller wants to see in results even where they have length 1; a run only keeps them, in its file too. */
enum qtg_axes {
  QTG_AXIS_SETS = 1,
  QTG_AXIS_OUTPUTS = 2
};

/* How the learning rate falls over t, the steps since the warmup; the factors of the rate are 1 at most. */
enum qtg_schedule {
  QTG_SCHEDULE_CONSTANT = 0,    /* nothing below is read, the warmup neither */
  QTG_SCHEDULE_COSINE = 1,      /* value + (1 - value) (1 + cos(pi t / steps)) / 2 up to t = steps, then value */
  QTG_SCHEDULE_EXPONENTIAL = 2, /* value^(t / steps) */
  QTG_SCHEDULE_STAIRS = 3       /* value^k, k whole times that steps fits into t */
};

/* Settings of a run; an optimizer reads those that belong to it. */
typedef struct qtg_run_options {
  int64_t struct_size;
  int32_t optimizer; /* enum qtg_optimizer */
  int32_t record;    /* mask of enum qtg_record */
  double learning_rate;
  double momentum;
  double beta1;
  double beta2;
  double alpha;
  double epsilon;
  double rate;
  double dt;
  double damping;
  int64_t memory;
  uint64_t seed;               /* draws theta when none is given, and shuffles mini-batches */
  int64_t batch_size;          /* 0: the full training set */
  int64_t record_every;        /* read when record_steps is null */
  const int64_t *record_steps; /* increasing; step 0 and the last one are recorded in any case */
  int64_t n_record_steps;
  const char *checkpoint_path; /* null: none */
  int64_t checkpoint_every;
  int32_t axes;     /* mask of enum qtg_axes */
  int32_t schedule; /* enum qtg_schedule */
  int64_t schedule_steps;
  double schedule_value;
  int64_t schedule_warmup; /* steps before t = 0, in which the factor rises as (step + 1) / (warmup + 1) */
  qtg_measurement measurement; /* of the model, which measures gradients; 0: they are exact, and nothing below is read */
  int64_t shots;               /* of each setting, for predictions */
  int64_t derivative_shots;    /* of each setting, on each side of every entry of a parameter */
  int32_t estimator;           /* enum qtg_estimator */
  int32_t reserved;
  const uint8_t *note; /* what the caller wants to find again with the run, which reads none of it; null: nothing */
  int64_t n_note;
} qtg_run_options;

/* How shots measure derivatives. */
enum qtg_estimator {
  QTG_ESTIMATOR_PARAMETER_SHIFT = 0, /* on both sides of every angle */
  QTG_ESTIMATOR_BOUND = 1,           /* as if the mean of both sides were the middle of what can come out */
  QTG_ESTIMATOR_EXACT = 2            /* derivatives are exact, of trainings alone */
};

/* How the observables of a model are measured. The chances of what comes out are told by the expectations of probes, the
   observables of a second model: its circuit has, behind the n_params parameters, one for every rotation that parameters
   enter, which moves its angle alone. Along that angle predictions are a + b cos(w delta) + c sin(w delta). */
typedef struct qtg_measurement_parts {
  int64_t struct_size;
  int64_t n_rotations;
  const double *frequencies; /* (n_rotations), each w */
  int64_t n_entries;
  const int64_t *entries;    /* (n_entries, 3), rotation by rotation: the rotation, a parameter in it, a feature or -1 */
  const double *factors;     /* (n_entries), d angle / d parameter is the factor, times the feature if there is one */
  int64_t n_outputs;
  const double *constants;   /* (n_outputs), what needs no measurement */
  int64_t n_settings;
  const int64_t *settings;   /* (n_settings, 4): output, first probe, number of probes, number of outcomes */
  int64_t n_outcomes;
  const double *outcomes;    /* what can come out, (n_outcomes), setting by setting */
  int64_t n_chances;
  const double *chances;     /* setting by setting (outcomes, 1 + probes): a constant and a factor of each expectation */
} qtg_measurement_parts;

/* What a neuron of a classical net does to its input. */
enum qtg_activation { QTG_RELU = 0, QTG_ERF = 1 };

/* The same of teacher-student nets with two layers. */
enum qtg_two_layer_activation { QTG_TWO_LAYER_ABSOLUTE = 0, QTG_TWO_LAYER_RELU = 1 };

/* What the readout of a recurrent network sees. */
enum qtg_pooling {
  QTG_POOLING_LAST = 0,        /* the last step */
  QTG_POOLING_MEAN = 1,        /* the mean over all steps, one readout for all */
  QTG_POOLING_MEAN_UNTIED = 2  /* every step with a readout of its own, over the root of their number */
};

/* Whose initial states agree. */
enum qtg_initial_state {
  QTG_INITIAL_INDEPENDENT = 0, /* each sequence's with its own alone */
  QTG_INITIAL_SHARED = 1       /* one for all sequences */
};

/* Which kernel of an infinitely wide network. */
enum qtg_kernel_kind {
  QTG_KERNEL_TANGENT = 0, /* of its training */
  QTG_KERNEL_OUTPUTS = 1  /* the covariance of its outputs before training */
};

/* An infinitely wide recurrent network: g_l(t) = sigma_w/sqrt(n) W h_l(t-1) + sigma_u/sqrt(n_in) U h_(l-1)(t) + sigma_b b,
   h = phi(g), h_0(t) = x(t), h_l(0) = sigma_h N(0, 1); output sigma_v/sqrt(n) V.h. */
typedef struct qtg_recurrent_network {
  int64_t struct_size;
  int64_t layers;
  int64_t frozen_layers; /* so many of the first layers are not trained */
  int32_t activation;    /* enum qtg_activation */
  int32_t pooling;       /* enum qtg_pooling */
  int32_t initial_state; /* enum qtg_initial_state */
  int32_t bidirectional; /* 1: a second network reads the sequences from their ends, and the outputs are added */
  double sigma_w;
  double sigma_u;
  double sigma_b;
  double sigma_h;
  double sigma_v;
} qtg_recurrent_network;

/* Sequences of vectors: values holds all steps one after the other, (sum of lengths, dimension). */
typedef struct qtg_sequences {
  int64_t count;
  int64_t dimension;
  const int64_t *lengths;
  const double *values;
} qtg_sequences;

/* What a floor of the loss is from, beside the range of the measurement. */
enum qtg_floor_basis {
  QTG_FLOOR_OF_STATES = 0,         /* the states that enter the trainable part; every label may be in reach of them */
  QTG_FLOOR_OF_MOVING_STATES = 1,  /* equal samples alone: features act after parameters and move the states */
  QTG_FLOOR_OF_MANY_STATES = 2,    /* equal samples alone: too many or too large states for more */
  QTG_FLOOR_OF_CLASSES = 3         /* equal samples alone: cross-entropy */
};

/* How low the mean squared error of one output can get. */
typedef struct qtg_floor {
  int64_t struct_size;
  double pairwise;   /* from the distances of all pairs of states */
  double collective; /* from all states at once, at least pairwise */
  int64_t first;     /* the two differently labelled samples whose states overlap most; -1 if there are none */
  int64_t second;
  double overlap;    /* |<first|second>|^2, or 1 - T^2 for mixed states with the trace distance T */
  int32_t is_tight;  /* 1 if some circuit reaches the best collective bound */
} qtg_floor;

/* Sizes and position of a run. */
typedef struct qtg_run_state {
  int64_t struct_size;
  int64_t n_sets;
  int64_t n_params;
  int64_t n_samples;
  int64_t n_outputs;
  int64_t step;
  int64_t n_recorded;
  double scale;
  double seconds_of_warnings; /* of qtg_run_warnings or qtg_run_loss_floor, rather too high */
  int32_t loss;               /* enum qtg_loss */
  int32_t precision;          /* enum qtg_precision */
  int32_t axes;               /* mask of enum qtg_axes */
  int32_t method;             /* enum qtg_simulation */
  int64_t shots;              /* of predictions; 0 where gradients are exact */
  int64_t derivative_shots;
  int32_t estimator;          /* enum qtg_estimator */
  int32_t reserved;
} qtg_run_state;

/* With s sets, T recorded steps, m samples, k outputs, p parameters. What was not recorded is empty. */
enum qtg_field {
  QTG_FIELD_STEPS = 0,       /* (T) */
  QTG_FIELD_TIME = 1,        /* (T), NaN where the optimizer has no time */
  QTG_FIELD_LOSS = 2,        /* (s, T) */
  QTG_FIELD_PREDICTIONS = 3, /* (s, T, m, k) */
  QTG_FIELD_KERNEL = 4,      /* (s, T, m, m) */
  QTG_FIELD_THETA = 5,       /* (s, T, p) */
  QTG_FIELD_PARAMETERS = 6,  /* (s, p), those of the current step */
  QTG_FIELD_GRADIENT_NORM = 7, /* (s, T) */
  QTG_FIELD_TEACHER = 8,       /* (r, d), of runs of students, as the next two */
  QTG_FIELD_INPUTS = 9,        /* (m, d), none where the loss is that of the population */
  QTG_FIELD_LABELS = 10,       /* (m) */
  QTG_FIELD_MEASURED_LOSS = 11 /* (s, T), of runs with shots, NaN from one shot */
};

/* Called at every step before the parameters move, with loss (n_sets) and theta (n_sets, n_params); a result
   other than 0 stops the run at this step. */
typedef int32_t (*qtg_step_callback)(void *context, int64_t step, const double *loss, const double *theta);

/* Called at most every few milliseconds and at the last step. */
typedef void (*qtg_progress_callback)(void *context, int64_t step, int64_t last_step, const double *loss);

/* Either function may be null; both run in the thread that called qtg_run_advance. */
typedef struct qtg_callbacks {
  int64_t struct_size;
  void *context;
  qtg_step_callback step;
  qtg_progress_callback progress;
} qtg_callbacks;

enum qtg_outcome {
  QTG_RUN_COMPLETED = 0, /* all steps were made */
  QTG_RUN_STOPPED = 1    /* the step callback asked to stop */
};

enum qtg_method {
  QTG_METHOD_AUTO = 0,
  QTG_METHOD_REDUCED = 1, /* m x m matrices, any number of qubits */
  QTG_METHOD_DENSE = 2    /* 2^n x 2^n matrices, the reference */
};

#ifdef __swift__
/* The compiler that built the library, for qtg_build_info. */
extern const char *const qtg_compiler;
#endif

#endif
