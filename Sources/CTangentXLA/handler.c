/* One handler for all calls of a model: it answers XLA's question for its version, checks every length, and calls. */
#include "CTangentXLA.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../bindings/include/qtangent.h"
#include "xla/c_api.h"

enum { most_arguments = 5, most_results = 2, text_size = 1024 };

static const char *const names[most_arguments] = {"theta", "X", "weights", "direction", "X_direction"};
static const int argument_counts[] = {2, 2, 2, 3, 5};
static const int result_counts[] = {1, 1, 1, 2, 2};

static XLA_FFI_Error *failure(const XLA_FFI_CallFrame *frame, XLA_FFI_Error_Code code, const char *text) {
  XLA_FFI_Error_Create_Args arguments = {XLA_FFI_Error_Create_Args_STRUCT_SIZE, NULL, text, code};
  return frame->api->XLA_FFI_Error_Create(&arguments);
}

static XLA_FFI_Error *invalid(const XLA_FFI_CallFrame *frame, const char *text) {
  return failure(frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, text);
}

/* An attribute that is an int64; 0 if there is none of this name. */
static int64_t attribute(const XLA_FFI_Attrs *attributes, const char *name) {
  for (int64_t i = 0; i < attributes->size; i++) {
    const XLA_FFI_ByteSpan *found = attributes->names[i];
    const XLA_FFI_Scalar *scalar = attributes->attrs[i];
    if (found->len == strlen(name) && memcmp(found->ptr, name, found->len) == 0 &&
        attributes->types[i] == XLA_FFI_AttrType_SCALAR && scalar->dtype == XLA_FFI_DataType_S64)
      return *(const int64_t *)scalar->value;
  }
  return 0;
}

static int64_t length(const XLA_FFI_Buffer *buffer) {
  int64_t product = 1;
  for (int64_t i = 0; i < buffer->rank; i++) product *= buffer->dims[i];
  return product;
}

/* The sizes of a call, from its first two arguments and the model. */
struct call {
  int64_t model, task, sets, params, samples, features, outputs;
  const XLA_FFI_Buffer *arguments[most_arguments];
  const XLA_FFI_Buffer *results[most_results];
};

static int64_t argument_length(const struct call *call, int index) {
  switch (index) {
    case 2: return call->sets * call->samples * call->outputs;
    case 3: return call->sets * call->params;
    case 4: return call->sets * call->samples * call->features;
    default: return length(call->arguments[index]);
  }
}

static int64_t result_length(const struct call *call, int index) {
  const int64_t predictions = call->sets * call->samples * call->outputs;
  switch (call->task) {
    case QTG_XLA_PREDICT: return predictions;
    case QTG_XLA_JACOBIAN: return predictions * call->params;
    case QTG_XLA_FEATURE_JACOBIAN: return predictions * call->features;
    default: return index == 0 ? call->sets * call->params : call->sets * call->samples * call->features;
  }
}

/* Reads a frame; a text where it does not hold such a call. */
static const char *read(const XLA_FFI_CallFrame *frame, struct call *call, char *text) {
  call->model = attribute(&frame->attrs, "model");
  call->task = attribute(&frame->attrs, "task");
  if (call->task < QTG_XLA_PREDICT || call->task > QTG_XLA_VJP_PRODUCT) return "the task is unknown";
  if (frame->args.size != argument_counts[call->task] || frame->rets.size != result_counts[call->task])
    return "another number of arguments or results is expected";
  for (int64_t i = 0; i < frame->args.size; i++) {
    call->arguments[i] = frame->args.args[i];
    if (call->arguments[i]->dtype != XLA_FFI_DataType_F64) return "an argument is not float64";
  }
  for (int64_t i = 0; i < frame->rets.size; i++) {
    call->results[i] = frame->rets.rets[i];
    if (call->results[i]->dtype != XLA_FFI_DataType_F64) return "a result is not float64";
  }
  const XLA_FFI_Buffer *theta = call->arguments[0], *X = call->arguments[1];
  if (theta->rank < 1 || theta->rank > 2 || X->rank != 2) return "theta (p) or (s, p) and X (m, f) are expected";
  call->sets = theta->rank == 2 ? theta->dims[0] : 1;
  call->params = theta->dims[theta->rank - 1];
  call->samples = X->dims[0];
  call->features = X->dims[1];
  if (qtg_model_info(call->model, NULL, NULL, NULL, &call->outputs) != QTG_OK)
    return "the model of this computation is gone; keep what qtangent.jax.predict returned";
  for (int i = 2; i < argument_counts[call->task]; i++) {
    const int64_t found = length(call->arguments[i]), expected = argument_length(call, i);
    const int may_lack = i > 2 && found == 0;
    if (found != expected && !may_lack) {
      snprintf(text, text_size, "%s has %lld entries, %lld are expected", names[i], (long long)found, (long long)expected);
      return text;
    }
  }
  for (int i = 0; i < result_counts[call->task]; i++)
    if (length(call->results[i]) != result_length(call, i)) return "a result has another length than is expected";
  return NULL;
}

static const double *numbers(const XLA_FFI_Buffer *buffer) { return length(buffer) == 0 ? NULL : buffer->data; }

static int32_t evaluate(const struct call *call, qtg_samples samples) {
  const double *theta = call->arguments[0]->data;
  double *first = call->results[0]->data;
  double *second = result_counts[call->task] == 2 && length(call->results[1]) > 0 ? call->results[1]->data : NULL;
  const int64_t s = call->sets, p = call->params;
  switch (call->task) {
    case QTG_XLA_PREDICT: return qtg_model_predict(call->model, theta, s, p, samples, 0, 0, first);
    case QTG_XLA_JACOBIAN: return qtg_model_jacobian(call->model, theta, s, p, samples, 0, 0, NULL, first);
    case QTG_XLA_FEATURE_JACOBIAN:
      return qtg_model_feature_jacobian(call->model, theta, s, p, samples, 0, 0, NULL, first);
    case QTG_XLA_VJP:
      return qtg_model_vjp(call->model, theta, s, p, samples, numbers(call->arguments[2]), 0, first, second);
    default:
      return qtg_model_vjp_product(
          call->model, theta, s, p, samples, numbers(call->arguments[2]), numbers(call->arguments[3]),
          numbers(call->arguments[4]), 0, first, second);
  }
}

/* Why a call has failed, with the first entry of its arguments that is NaN or infinite, if one is. */
static XLA_FFI_Error *failed(const XLA_FFI_CallFrame *frame, const struct call *call, int32_t status) {
  char text[text_size];
  int64_t size = 0;
  qtg_last_error(text, sizeof text, &size);
  if (status == QTG_OUT_OF_MEMORY) return failure(frame, XLA_FFI_Error_Code_RESOURCE_EXHAUSTED, text);
  if (status != QTG_INVALID_ARGUMENT) return failure(frame, XLA_FFI_Error_Code_INTERNAL, text);
  for (int i = 0; i < argument_counts[call->task]; i++) {
    const XLA_FFI_Buffer *buffer = call->arguments[i];
    const double *values = numbers(buffer);
    for (int64_t j = 0; values && j < length(buffer); j++) {
      if (isfinite(values[j])) continue;
      const int64_t columns = buffer->dims[buffer->rank - 1];
      if (buffer->rank == 1)
        snprintf(text, sizeof text, "%s[%lld] is %g; it must be finite", names[i], (long long)j, values[j]);
      else
        snprintf(
            text, sizeof text, "%s[%lld, %lld] is %g; it must be finite", names[i], (long long)(j / columns),
            (long long)(j % columns), values[j]);
      return invalid(frame, text);
    }
  }
  return invalid(frame, text);
}

XLA_FFI_Error *qtg_xla_call(XLA_FFI_CallFrame *frame) {
  for (XLA_FFI_Extension_Base *extension = frame->extension_start; extension; extension = extension->next) {
    if (extension->type != XLA_FFI_Extension_Metadata) continue;
    XLA_FFI_Metadata *metadata = ((XLA_FFI_Metadata_Extension *)extension)->metadata;
    metadata->api_version.major_version = XLA_FFI_API_MAJOR;
    metadata->api_version.minor_version = XLA_FFI_API_MINOR;
    return NULL;
  }
  struct call call;
  char text[text_size];
  const char *wrong = read(frame, &call, text);
  if (wrong) return invalid(frame, wrong);
  const qtg_data data = {
      .struct_size = sizeof data, .n_samples = call.samples, .features = numbers(call.arguments[1]),
      .n_features = call.features};
  qtg_samples samples = 0;
  int32_t status = qtg_samples_create(&data, 0, &samples);
  if (status == QTG_OK) status = evaluate(&call, samples);
  XLA_FFI_Error *error = status == QTG_OK ? NULL : failed(frame, &call, status);
  if (samples) qtg_samples_free(samples);
  return error;
}
