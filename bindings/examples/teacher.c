/* Students that learn a teacher: descent from two starts on the exact loss, a checkpoint on the way, and its end. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qtangent.h"

enum { TEACHERS = 2, DIMENSION = 3, STARTS = 2, NEURONS = 4, SIZE = NEURONS * DIMENSION };

static void check(int32_t status) {
  char text[512];
  int64_t length = 0;
  if (status == QTG_OK) return;
  if (qtg_last_error(text, sizeof text, &length) != QTG_OK) text[0] = '\0';
  fprintf(stderr, "error %d: %s\n", (int)status, text);
  exit(1);
}

int main(void) {
  const double teacher[TEACHERS * DIMENSION] = {1, 0.2, 0, -0.3, 0.9, 0.5};
  double starts[STARTS * SIZE], losses[STARTS], gradients[STARTS * SIZE], ends[STARTS * SIZE];
  double norms[STARTS * 2], last[STARTS * SIZE];
  qtg_run_options options;
  qtg_run run, copy;
  int64_t length = 0, n_bytes = 0;
  int32_t outcome = -1;
  unsigned char *bytes;

  for (int k = 0; k < STARTS * SIZE; k++) starts[k] = 0.6 * sin(1.0 + 2.3 * k);
  check(qtg_teacher_student_evaluate(TEACHERS, DIMENSION, teacher, QTG_TWO_LAYER_ABSOLUTE, STARTS, NEURONS, starts, 0,
                                     losses, gradients));
  for (int s = 0; s < STARTS; s++) printf("start %d: loss %.12f\n", s, losses[s]);

  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.optimizer = QTG_GRADIENT_DESCENT;
  options.learning_rate = 0.05;
  options.record = QTG_RECORD_GRADIENT_NORM;
  options.record_every = 500;
  check(qtg_teacher_student_run_create(TEACHERS, DIMENSION, teacher, QTG_TWO_LAYER_ABSOLUTE, 0, NULL, NULL, STARTS,
                                       NEURONS, starts, &options, &run));
  check(qtg_run_advance(run, 250, NULL, 0, &outcome));

  /* A copy goes on where the run stands, bit for bit. */
  check(qtg_run_serialize(run, NULL, 0, &n_bytes));
  bytes = malloc((size_t)n_bytes);
  if (bytes == NULL) return 1;
  check(qtg_run_serialize(run, bytes, n_bytes, &length));
  check(qtg_teacher_student_run_deserialize(bytes, n_bytes, &copy));
  free(bytes);
  check(qtg_run_advance(run, 250, NULL, 0, &outcome));
  check(qtg_run_advance(copy, 250, NULL, 0, &outcome));
  check(qtg_run_field(run, QTG_FIELD_PARAMETERS, ends, STARTS * SIZE, &length));
  check(qtg_run_field(copy, QTG_FIELD_PARAMETERS, last, STARTS * SIZE, &length));
  if (memcmp(ends, last, sizeof ends) != 0) {
    fprintf(stderr, "the copy went another way\n");
    return 1;
  }
  check(qtg_run_field(run, QTG_FIELD_GRADIENT_NORM, norms, STARTS * 2, &length));
  check(qtg_teacher_student_evaluate(TEACHERS, DIMENSION, teacher, QTG_TWO_LAYER_ABSOLUTE, STARTS, NEURONS, ends, 0,
                                     losses, NULL));
  for (int s = 0; s < STARTS; s++) {
    printf("after 500 steps: loss %.3e, |gradient| from %.3f to %.3e\n", losses[s], norms[2 * s], norms[2 * s + 1]);
    if (losses[s] > 1e-3) return 1;
  }
  check(qtg_run_free(copy));
  check(qtg_run_free(run));
  return 0;
}
