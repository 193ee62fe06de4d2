/* What XLA calls: a handler of its C call interface, over the functions of qtangent.h. */
#ifndef CTANGENT_XLA_H
#define CTANGENT_XLA_H

typedef struct XLA_FFI_CallFrame XLA_FFI_CallFrame;
typedef struct XLA_FFI_Error XLA_FFI_Error;

/* Attributes: model, a handle, and task, of enum qtg_xla_task, both int64. Arguments and results are float64:
   theta (p) or (s, p), X (m, f), and what the task takes and gives; an axis of s sets comes first if theta has one. */
enum qtg_xla_task {
  QTG_XLA_PREDICT = 0,          /* -> (m, k) */
  QTG_XLA_JACOBIAN = 1,         /* -> (m, k, p) */
  QTG_XLA_FEATURE_JACOBIAN = 2, /* -> (m, k, f) */
  QTG_XLA_VJP = 3,              /* weights (m, k) -> (p), (m, f) */
  QTG_XLA_VJP_PRODUCT = 4       /* weights (m, k), directions (p) and (m, f), either without columns -> (p), (m, f) */
};

XLA_FFI_Error *qtg_xla_call(XLA_FFI_CallFrame *frame);

#endif
