/* The loss of a circuit with two parameters as a trigonometric polynomial: its minima, and where no others can be. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qtangent.h"

enum { QUBITS = 2, PARAMETERS = 2, SAMPLES = 3, DIMENSION = 4, WIDTH = 5, GRID = WIDTH * WIDTH };
enum { SIDE = 4, STARTS = SIDE * SIDE, FINE = 64, BOXES = FINE * FINE };
static const double PI = 3.14159265358979323846;

static void check(int32_t status) {
  char text[512];
  int64_t length = 0;
  if (status == QTG_OK) return;
  if (qtg_last_error(text, sizeof text, &length) != QTG_OK) text[0] = '\0';
  fprintf(stderr, "error %d: %s\n", (int)status, text);
  exit(1);
}

/* Number k of 1, cos a, sin a, cos 2a, sin 2a, which are orthogonal on WIDTH equally spaced angles. */
static double function(int k, double a) {
  return k == 0 ? 1 : k % 2 == 1 ? cos((k + 1) / 2 * a) : sin(k / 2 * a);
}

static double weight(int k) { return (k == 0 ? 1.0 : 2.0) / WIDTH; }

int main(void) {
  const int32_t rotations[1] = {QTG_GATE_RY};
  const double y[SAMPLES] = {0.8, -0.3, 0.1}, point[PARAMETERS] = {0.7, 2.9};
  double states[SAMPLES * DIMENSION * 2], base[PARAMETERS], angles[PARAMETERS], theta[GRID * PARAMETERS], grid[GRID];
  double coefficients[GRID], value, gradient[PARAMETERS], loss, expected[PARAMETERS], worst, moduli = 0;
  double starts[STARTS * PARAMETERS], ends[STARTS * PARAMETERS], finals[STARTS], slopes[STARTS * PARAMETERS], bound[PARAMETERS];
  double *centres = malloc(BOXES * PARAMETERS * sizeof *centres);
  unsigned char *survives = malloc(BOXES);
  int64_t degree[PARAMETERS], doubled[PARAMETERS];
  qtg_data data = {sizeof(qtg_data), SAMPLES, NULL, 0, NULL, DIMENSION, QTG_STATES_PURE, 0};
  qtg_targets targets = {sizeof(qtg_targets), QTG_LOSS_MSE, 0, SAMPLES, 1, y, NULL, NULL};
  qtg_run_options options;
  qtg_circuit circuit;
  qtg_observable observable;
  qtg_model model;
  qtg_samples samples;
  qtg_trigonometric polynomial;
  int i, j, k, l, left = 0;

  check(qtg_ansatz_hardware_efficient(QUBITS, 1, rotations, 1, QTG_GATE_CX, QTG_TOPOLOGY_CHAIN, &circuit));
  check(qtg_observable_pauli("ZX", &observable));
  check(qtg_model_create(circuit, &observable, 1, 1.0, QTG_PRECISION_DOUBLE, &model));
  check(qtg_encoding_haar_states(QUBITS, SAMPLES, 0, 3, 0, states));
  data.states = states;
  check(qtg_samples_create(&data, 0, &samples));

  /* Predictions have these degrees in the angles base * theta, the loss twice as much. */
  check(qtg_circuit_frequencies(circuit, PARAMETERS, base, degree));
  for (l = 0; l < PARAMETERS; ++l) doubled[l] = 2 * degree[l];
  for (i = 0; i < WIDTH; ++i) {
    for (j = 0; j < WIDTH; ++j) {
      theta[(i * WIDTH + j) * 2] = 2 * PI * i / WIDTH / base[0];
      theta[(i * WIDTH + j) * 2 + 1] = 2 * PI * j / WIDTH / base[1];
    }
  }
  check(qtg_model_loss_gradient(model, theta, GRID, PARAMETERS, samples, &targets, 0, grid, NULL));
  for (k = 0; k < GRID; ++k) {
    coefficients[k] = 0;
    for (i = 0; i < GRID; ++i) {
      coefficients[k] += weight(k / WIDTH) * weight(k % WIDTH) * grid[i] * function(k / WIDTH, base[0] * theta[2 * i]) *
                         function(k % WIDTH, base[1] * theta[2 * i + 1]);
    }
    moduli += fabs(coefficients[k]);
  }
  check(qtg_trigonometric_create(PARAMETERS, doubled, coefficients, GRID, &polynomial));

  /* It is the loss everywhere. */
  for (l = 0; l < PARAMETERS; ++l) angles[l] = base[l] * point[l];
  check(qtg_trigonometric_evaluate(polynomial, 1, PARAMETERS, angles, 0, &value, gradient, NULL));
  check(qtg_model_loss_gradient(model, point, 1, PARAMETERS, samples, &targets, 0, &loss, expected));
  worst = fabs(value - loss);
  for (l = 0; l < PARAMETERS; ++l) worst = fmax(worst, fabs(base[l] * gradient[l] - expected[l]));
  printf("loss %.6f, difference %.1e\n", loss, worst);

  /* Descents from a grid of starts. */
  for (i = 0; i < STARTS; ++i) {
    starts[2 * i] = (0.3 + 2 * PI * (i / SIDE) / SIDE) / base[0];
    starts[2 * i + 1] = (0.4 + 2 * PI * (i % SIDE) / SIDE) / base[1];
  }
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.optimizer = QTG_GRADIENT_DESCENT;
  options.learning_rate = 0.5;
  check(qtg_trigonometric_descend(polynomial, PARAMETERS, base, &options, 5000, STARTS, starts, 0, ends, finals));
  for (i = 0; i < STARTS * PARAMETERS; ++i) ends[i] *= base[i % PARAMETERS];
  check(qtg_trigonometric_evaluate(polynomial, STARTS, PARAMETERS, ends, 0, finals, slopes, NULL));
  for (i = 0; i < STARTS; ++i) printf("%.6f%c", finals[i], i % SIDE == SIDE - 1 ? '\n' : ' ');
  for (i = 0; i < STARTS * PARAMETERS; ++i) worst = fmax(worst, fabs(slopes[i]));

  /* Most small boxes hold no critical point: every fourth derivative is at most 2^4 times the sum of the moduli. */
  for (l = 0; l < PARAMETERS; ++l) bound[l] = 8 * 16 * moduli;
  for (i = 0; i < BOXES; ++i) {
    centres[2 * i] = 2 * PI * (i / FINE + 0.5) / FINE;
    centres[2 * i + 1] = 2 * PI * (i % FINE + 0.5) / FINE;
  }
  check(qtg_trigonometric_exclude(polynomial, PARAMETERS, bound, 0, NULL, NULL, BOXES, centres, PI / FINE, 0, survives));
  for (i = 0; i < BOXES; ++i) left += survives[i];
  printf("%d of %d boxes may hold critical points\n", left, BOXES);

  free(survives);
  free(centres);
  check(qtg_trigonometric_free(polynomial));
  check(qtg_samples_free(samples));
  check(qtg_model_free(model));
  check(qtg_observable_free(observable));
  check(qtg_circuit_free(circuit));
  return worst < 1e-9 && left > 0 && left < BOXES / 4 ? 0 : 1;
}
