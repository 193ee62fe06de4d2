/* How errors are reported: a status from every function, the text of this thread's last failure, checked handles. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qtangent.h"

/* The text of the last failure in this thread; the caller frees it. */
static char *last_error(void) {
  int64_t length = 0;
  char *text;
  if (qtg_last_error(NULL, 0, &length) != QTG_OK) return NULL;
  text = malloc((size_t)length + 1);
  if (text != NULL && qtg_last_error(text, length + 1, &length) != QTG_OK) text[0] = '\0';
  return text;
}

/* Ends the program unless a call failed with the expected status. */
static void expect(int32_t status, int32_t expected) {
  char *text = last_error();
  if (status != expected || text == NULL) {
    fprintf(stderr, "status %d instead of %d: %s\n", (int)status, (int)expected, text == NULL ? "" : text);
    exit(1);
  }
  printf("status %d: %s\n", (int)status, text);
  free(text);
}

int main(void) {
  qtg_circuit circuit = 0;
  qtg_observable observable = 0;
  const int64_t qubits[2] = {0, 7};
  const double not_hermitian[8] = {0, 0, 1, 0, 0, 0, 0, 0};

  if (qtg_abi_version() != QTG_ABI_VERSION) {
    fprintf(stderr, "the library is of another version than the header\n");
    return 1;
  }
  expect(qtg_circuit_create(1000, &circuit), QTG_INVALID_ARGUMENT);
  expect(qtg_circuit_create(2, NULL), QTG_INVALID_ARGUMENT);

  if (qtg_circuit_create(2, &circuit) != QTG_OK) return 1;
  expect(qtg_circuit_append_gate(circuit, QTG_GATE_CX, qubits, 2, NULL, 0), QTG_INVALID_ARGUMENT);
  expect(qtg_observable_hermitian(not_hermitian, 2, &observable), QTG_INVALID_ARGUMENT);
  expect(qtg_observable_free(circuit), QTG_INVALID_HANDLE);
  if (qtg_circuit_free(circuit) != QTG_OK) return 1;
  expect(qtg_circuit_free(circuit), QTG_INVALID_HANDLE);
  return 0;
}
