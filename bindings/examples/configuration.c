/* Gates that only a configuration turns: without one they are not there, and a circuit can be bound to one. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qtangent.h"

static void check(int32_t status) {
  char text[512];
  int64_t length = 0;
  if (status == QTG_OK) return;
  if (qtg_last_error(text, sizeof text, &length) != QTG_OK) text[0] = '\0';
  fprintf(stderr, "error %d: %s\n", (int)status, text);
  exit(1);
}

/* <Z> at one feature. */
static double prediction(qtg_circuit circuit, double x) {
  qtg_data data = {sizeof(qtg_data), 1, NULL, 1, NULL, 0, QTG_STATES_NONE, 0};
  qtg_observable observable;
  qtg_model model;
  qtg_samples samples;
  double result = 0;
  data.features = &x;
  check(qtg_observable_pauli("Z", &observable));
  check(qtg_model_create(circuit, &observable, 1, 1.0, QTG_PRECISION_DOUBLE, &model));
  check(qtg_samples_create(&data, 0, &samples));
  check(qtg_model_predict(model, NULL, 1, 0, samples, 0, 0, &result));
  check(qtg_samples_free(samples));
  check(qtg_model_free(model));
  check(qtg_observable_free(observable));
  return result;
}

int main(void) {
  const double x = 0.8, half_pi = 1.5707963267948966;
  const int64_t qubit = 0;
  qtg_angle_term drive = {1.0, QTG_ANGLE_CONFIGURATION, 0, 0, 0};
  qtg_angle_term feature = {1.0, QTG_ANGLE_FEATURE, 0, 0, 0};
  qtg_angle turned = {0, NULL, 1}, encoded = {0, NULL, 1}, value = {0, NULL, 0};
  qtg_circuit circuit, bound;
  int64_t key = -1, used = -1, length = 0;
  char name[16];
  double without, with;

  check(qtg_config_key("drive", &key));
  drive.first = key;
  turned.terms = &drive;
  encoded.terms = &feature;
  check(qtg_circuit_create(1, &circuit));
  check(qtg_circuit_append_gate(circuit, QTG_GATE_RY, &qubit, 1, &turned, 1));
  check(qtg_circuit_append_gate(circuit, QTG_GATE_RX, &qubit, 1, &encoded, 1));
  check(qtg_circuit_config_keys(circuit, &used, 1, &length));
  check(qtg_config_key_name(used, name, sizeof name, &length));
  printf("configuration key %s\n", name);

  /* |+> is an eigenstate of the encoding gate: under this configuration it encodes nothing. */
  value.constant = half_pi;
  check(qtg_circuit_bind(circuit, &key, &value, 1, &bound));
  without = prediction(circuit, x);
  with = prediction(bound, x);
  printf("<Z> %.6f, bound %.6f\n", without, with);
  check(qtg_circuit_config_keys(bound, NULL, 0, &length));
  check(qtg_circuit_free(bound));
  check(qtg_circuit_free(circuit));
  return strcmp(name, "drive") == 0 && length == 0 && fabs(without - cos(x)) < 1e-12 && fabs(with) < 1e-12 ? 0 : 1;
}
