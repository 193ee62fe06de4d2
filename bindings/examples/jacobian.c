/* The Jacobian of every prediction and the tangent kernel K = J J^T of a small quantum neural network. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qtangent.h"

enum { QUBITS = 3, LAYERS = 2, SAMPLES = 4, PARAMETERS = LAYERS * QUBITS * 2 };

static void check(int32_t status) {
  char text[512];
  int64_t length = 0;
  if (status == QTG_OK) return;
  if (qtg_last_error(text, sizeof text, &length) != QTG_OK) text[0] = '\0';
  fprintf(stderr, "error %d: %s\n", (int)status, text);
  exit(1);
}

int main(void) {
  const int32_t rotations[2] = {QTG_GATE_RY, QTG_GATE_RZ};
  const double features[SAMPLES * QUBITS] = {0.1, 0.5, 0.9, 1.3, 0.2, 0.4, 2.0, 1.1, 0.3, 0.7, 1.9, 2.5};
  double theta[PARAMETERS], predictions[SAMPLES], jacobian[SAMPLES * PARAMETERS], kernel[SAMPLES * SAMPLES];
  qtg_data data = {sizeof(qtg_data), SAMPLES, features, QUBITS, NULL, 0, QTG_STATES_NONE, 0};
  qtg_circuit circuit, ansatz;
  qtg_observable observable;
  qtg_model model;
  qtg_samples samples;
  double z_sum, worst = 0;
  static const char names[] = "age\0dose\0weight";
  char read[sizeof names];
  int64_t length = 0;
  int i, j, l;

  check(qtg_encoding_angle(QUBITS, QTG_GATE_RY, &circuit));
  check(qtg_ansatz_hardware_efficient(QUBITS, LAYERS, rotations, 2, QTG_GATE_CZ, QTG_TOPOLOGY_RING, &ansatz));
  check(qtg_circuit_append_circuit(circuit, ansatz, 0));
  /* What the columns of the features mean, for drawings and messages. */
  check(qtg_circuit_set_names(circuit, QTG_ANGLE_FEATURE, names, sizeof names));
  check(qtg_circuit_names(circuit, QTG_ANGLE_FEATURE, read, sizeof read, &length));
  for (i = 0; i < (int)length; i += (int)strlen(read + i) + 1) printf("feature %s\n", read + i);
  check(qtg_observable_pauli("ZII", &observable));
  check(qtg_model_create(circuit, &observable, 1, 1.0, QTG_PRECISION_DOUBLE, &model));

  check(qtg_samples_create(&data, 0, &samples));
  for (l = 0; l < PARAMETERS; ++l) theta[l] = 0.1 * (l + 1);
  check(qtg_model_jacobian(model, theta, 1, PARAMETERS, samples, 0, 0, predictions, jacobian));
  check(qtg_model_tangent_kernel(model, theta, 1, PARAMETERS, samples, 0, 0, 0, kernel));
  check(qtg_model_z_sum(model, &z_sum));

  /* The kernel is the Jacobian times its transpose. */
  for (i = 0; i < SAMPLES; ++i) {
    printf("prediction %+.6f   kernel", predictions[i]);
    for (j = 0; j < SAMPLES; ++j) {
      double sum = 0;
      for (l = 0; l < PARAMETERS; ++l) sum += jacobian[i * PARAMETERS + l] * jacobian[j * PARAMETERS + l];
      worst = fmax(worst, fabs(sum - kernel[i * SAMPLES + j]));
      printf(" %+.6f", kernel[i * SAMPLES + j]);
    }
    printf("\n");
  }
  printf("Zsum %.6f, |K - J J^T| %.1e\n", z_sum, worst);

  check(qtg_samples_free(samples));
  check(qtg_model_free(model));
  check(qtg_observable_free(observable));
  check(qtg_circuit_free(ansatz));
  check(qtg_circuit_free(circuit));
  return worst < 1e-12 ? 0 : 1;
}
