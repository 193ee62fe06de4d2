/* The Hessian of a mean squared error, its product with a direction, and what both are made of. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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
  const double y[SAMPLES] = {1, -1, 1, -1};
  double theta[PARAMETERS], direction[PARAMETERS], predictions[SAMPLES], jacobian[SAMPLES * PARAMETERS];
  double second[SAMPLES * PARAMETERS], hessian[PARAMETERS * PARAMETERS], product[PARAMETERS];
  qtg_data data = {sizeof(qtg_data), SAMPLES, features, QUBITS, NULL, 0, QTG_STATES_NONE, 0};
  qtg_targets targets = {sizeof(qtg_targets), QTG_LOSS_MSE, 0, SAMPLES, 1, y, NULL, NULL};
  qtg_circuit circuit, ansatz;
  qtg_observable observable;
  qtg_model model;
  qtg_samples samples;
  double worst = 0;
  int j, k, l;

  check(qtg_encoding_angle(QUBITS, QTG_GATE_RY, &circuit));
  check(qtg_ansatz_hardware_efficient(QUBITS, LAYERS, rotations, 2, QTG_GATE_CZ, QTG_TOPOLOGY_RING, &ansatz));
  check(qtg_circuit_append_circuit(circuit, ansatz, 0));
  check(qtg_observable_pauli("ZII", &observable));
  check(qtg_model_create(circuit, &observable, 1, 1.0, QTG_PRECISION_DOUBLE, &model));
  check(qtg_samples_create(&data, 0, &samples));
  for (l = 0; l < PARAMETERS; ++l) {
    theta[l] = 0.1 * (l + 1);
    direction[l] = cos(l);
  }
  check(qtg_model_loss_hessian(model, theta, 1, PARAMETERS, samples, &targets, 0, hessian));
  check(qtg_model_loss_hessian_product(model, theta, 1, PARAMETERS, samples, &targets, direction, 0, product));
  check(qtg_model_jacobian(model, theta, 1, PARAMETERS, samples, 0, 0, predictions, jacobian));
  check(qtg_model_hessian_product(model, theta, 1, PARAMETERS, samples, direction, 0, second));

  /* The Hessian times v, and (1/m) sum_j (J_j (J_j . v) + r_j H_j v). */
  for (k = 0; k < PARAMETERS; ++k) {
    double whole = 0, parts = 0;
    for (l = 0; l < PARAMETERS; ++l) whole += hessian[k * PARAMETERS + l] * direction[l];
    for (j = 0; j < SAMPLES; ++j) {
      double slope = 0;
      for (l = 0; l < PARAMETERS; ++l) slope += jacobian[j * PARAMETERS + l] * direction[l];
      parts += jacobian[j * PARAMETERS + k] * slope + (predictions[j] - y[j]) * second[j * PARAMETERS + k];
    }
    worst = fmax(worst, fmax(fabs(whole - product[k]), fabs(parts / SAMPLES - product[k])));
    printf("%+.6f\n", product[k]);
  }
  printf("largest difference %.1e\n", worst);

  check(qtg_samples_free(samples));
  check(qtg_model_free(model));
  check(qtg_observable_free(observable));
  check(qtg_circuit_free(ansatz));
  check(qtg_circuit_free(circuit));
  return worst < 1e-12 ? 0 : 1;
}
