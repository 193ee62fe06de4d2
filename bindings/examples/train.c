/* Trains a small quantum neural network on four orthogonal states and prints its loss on the way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qtangent.h"

enum { QUBITS = 3, DIMENSION = 8, LAYERS = 6, SAMPLES = 4, STEPS = 200, EVERY = 40 };

static void check(int32_t status) {
  char text[512];
  int64_t length = 0;
  if (status == QTG_OK) return;
  if (qtg_last_error(text, sizeof text, &length) != QTG_OK) text[0] = '\0';
  fprintf(stderr, "error %d: %s\n", (int)status, text);
  exit(1);
}

/* Called before each step; a result other than 0 would stop the run. */
static int32_t on_step(void *context, int64_t step, const double *loss, const double *theta) {
  (void)theta;
  *(int64_t *)context += 1;
  if (step % EVERY == 0) printf("step %4lld   loss %.6f\n", (long long)step, loss[0]);
  return 0;
}

int main(void) {
  const int32_t rotations[2] = {QTG_GATE_RY, QTG_GATE_RZ};
  const double labels[SAMPLES] = {1, -1, 1, -1};
  double states[SAMPLES * DIMENSION * 2], loss[STEPS + 1];
  qtg_data data = {sizeof(qtg_data), SAMPLES, NULL, 0, NULL, DIMENSION, QTG_STATES_PURE, 0};
  qtg_targets targets = {sizeof(qtg_targets), QTG_LOSS_MSE, 0, SAMPLES, 1, NULL, NULL, NULL};
  qtg_run_options options;
  qtg_callbacks callbacks = {sizeof(qtg_callbacks), NULL, on_step, NULL};
  qtg_circuit circuit;
  qtg_observable observable;
  qtg_model model;
  qtg_samples samples;
  qtg_run run;
  int64_t n_params, calls = 0, length = 0;
  int32_t outcome;

  check(qtg_ansatz_hardware_efficient(QUBITS, LAYERS, rotations, 2, QTG_GATE_CZ, QTG_TOPOLOGY_RING, &circuit));
  check(qtg_circuit_info(circuit, NULL, &n_params, NULL, NULL));
  check(qtg_observable_pauli("ZII", &observable));
  check(qtg_model_create(circuit, &observable, 1, 1.0, QTG_PRECISION_DOUBLE, &model));
  check(qtg_encoding_haar_states(QUBITS, SAMPLES, 1, 7, 0, states));
  data.states = states;
  check(qtg_samples_create(&data, 0, &samples));
  targets.values = labels;

  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.optimizer = QTG_GRADIENT_DESCENT;
  options.learning_rate = 0.3;
  options.record = QTG_RECORD_LOSS;
  options.record_every = 1;
  options.seed = 1;
  check(qtg_run_create(model, samples, &targets, NULL, 1, n_params, &options, &run));

  callbacks.context = &calls;
  check(qtg_run_advance(run, STEPS, &callbacks, 0, &outcome));
  check(qtg_run_field(run, QTG_FIELD_LOSS, loss, STEPS + 1, &length));
  printf("%lld losses recorded, from %.4f to %.6f\n", (long long)length, loss[0], loss[length - 1]);

  check(qtg_run_free(run));
  check(qtg_samples_free(samples));
  check(qtg_model_free(model));
  check(qtg_observable_free(observable));
  check(qtg_circuit_free(circuit));
  return outcome == QTG_RUN_COMPLETED && length == STEPS + 1 && calls >= STEPS && loss[STEPS] < loss[0] ? 0 : 1;
}
