/* QTangent from C on one case: the protocol of worker.py, over a problem written by peers/qtangent_peer.py.
   Usage: worker PROBLEM RESULT. Buffers are allocated once; the timed region is one call of the library, and for
   training the life of one run. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "qtangent.h"

enum task { EXPECTATION, JACOBIAN, TRAINING };

static struct {
  int64_t task, m, n, p, steps, circuit_bytes, observable_bytes;
  double rate;
} problem;
static qtg_model model;
static qtg_samples samples;
static qtg_targets targets;
static double *theta, *moved, *predictions, *result;

static void check(int32_t status) {
  char text[512] = "";
  int64_t length = 0;
  if (status == QTG_OK) return;
  qtg_last_error(text, sizeof text, &length);
  fprintf(stderr, "error %d: %s\n", (int)status, text);
  exit(1);
}

static void *read_exactly(FILE *file, size_t size, void *into) {
  if (!into) into = malloc(size);
  if (!into || fread(into, 1, size, file) != size) {
    fprintf(stderr, "the problem file is too short\n");
    exit(1);
  }
  return into;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + 1e-9 * time.tv_nsec;
}

static void train(const double *start) {
  qtg_run_options options;
  qtg_run run;
  int32_t outcome;
  int64_t length;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.optimizer = QTG_GRADIENT_DESCENT;
  options.record = QTG_RECORD_LOSS;
  options.record_every = 1;
  options.learning_rate = problem.rate;
  check(qtg_run_create(model, samples, &targets, start, 1, problem.p, &options, &run));
  check(qtg_run_advance(run, problem.steps, NULL, 0, &outcome));
  check(qtg_run_field(run, QTG_FIELD_PARAMETERS, result, problem.p, &length));
  check(qtg_run_free(run));
}

static void call(const double *at) {
  if (problem.task == EXPECTATION) check(qtg_model_predict(model, at, 1, problem.p, samples, 0, 0, predictions));
  else if (problem.task == JACOBIAN)
    check(qtg_model_jacobian(model, at, 1, problem.p, samples, 0, 0, predictions, result));
  else train(at);
}

static void set_up(FILE *file) {
  qtg_circuit circuit;
  qtg_observable observable;
  qtg_data data = {sizeof(qtg_data), 0, NULL, 0, NULL, 0, QTG_STATES_NONE, 0};
  uint8_t *bytes;
  read_exactly(file, sizeof problem, &problem);
  bytes = read_exactly(file, (size_t)problem.circuit_bytes, NULL);
  check(qtg_circuit_deserialize(bytes, problem.circuit_bytes, &circuit));
  bytes = read_exactly(file, (size_t)problem.observable_bytes, NULL);
  check(qtg_observable_deserialize(bytes, problem.observable_bytes, &observable));
  check(qtg_model_create(circuit, &observable, 1, 1.0, QTG_PRECISION_DOUBLE, &model));
  theta = read_exactly(file, sizeof(double) * (size_t)problem.p, NULL);
  data.n_samples = targets.n_samples = problem.m;
  data.features = read_exactly(file, sizeof(double) * (size_t)(problem.m * problem.n), NULL);
  data.n_features = problem.n;
  check(qtg_samples_create(&data, 0, &samples));
  targets.struct_size = sizeof targets;
  targets.n_outputs = 1;
  targets.values = read_exactly(file, sizeof(double) * (size_t)problem.m, NULL);
  moved = calloc((size_t)problem.p, sizeof(double));
  predictions = calloc((size_t)problem.m, sizeof(double));
  result = calloc((size_t)(problem.m * problem.p), sizeof(double));
}

static void write_result(const char *path) {
  FILE *file = fopen(path, "wb");
  if (problem.task != TRAINING) fwrite(predictions, sizeof(double), (size_t)problem.m, file);
  if (problem.task == JACOBIAN) fwrite(result, sizeof(double), (size_t)(problem.m * problem.p), file);
  if (problem.task == TRAINING) fwrite(result, sizeof(double), (size_t)problem.p, file);
  fclose(file);
}

int main(int count, char **arguments) {
  FILE *file = count == 3 ? fopen(arguments[1], "rb") : NULL;
  char line[64];
  double start, end;
  int64_t calls = 0, in_block, l;
  if (!file) {
    fprintf(stderr, "usage: worker PROBLEM RESULT\n");
    return 1;
  }
  start = now();
  set_up(file);
  call(theta);
  printf("{\"first_call_seconds\": %.9f}\n", now() - start);
  write_result(arguments[2]);
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    end = now() + atof(line);
    for (in_block = 0; in_block < 2 || now() < end; ++in_block) {
      ++calls;
      for (l = 0; l < problem.p; ++l) moved[l] = theta[l] + 1e-6 * (double)calls;
      start = now();
      call(moved);
      if (in_block) printf("%s%.9f", in_block == 1 ? "[" : ", ", now() - start);
    }
    printf("]\n");
    fflush(stdout);
  }
  return 0;
}
