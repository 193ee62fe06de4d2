/* Vector arithmetic that Swift cannot spell: a fused multiply-add on four doubles that stays one
   instruction, shuffles of two vectors, and both halves of sine and cosine in one call. Header only; the loops stay in Swift. */
#ifndef CTANGENT_VECTOR_H
#define CTANGENT_VECTOR_H

#include <stdbool.h>

typedef double ctv_double4 __attribute__((ext_vector_type(4)));

#pragma clang assume_nonnull begin

#define CTV_INLINE static inline __attribute__((always_inline))

/* a * b + c. Without hardware FMA the fused form is a slow library call, so it falls back to two roundings. */
CTV_INLINE ctv_double4 ctv_fma(ctv_double4 a, ctv_double4 b, ctv_double4 c) {
#ifdef __FMA__
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

/* c - a * b */
CTV_INLINE ctv_double4 ctv_fnma(ctv_double4 a, ctv_double4 b, ctv_double4 c) {
#ifdef __FMA__
  return __builtin_elementwise_fma(-a, b, c);
#else
  return c - a * b;
#endif
}

/* Steps of a 4 x 4 transposition: (a0, b0, a2, b2), (a1, b1, a3, b3), (a0, a1, b0, b1), (a2, a3, b2, b3). */
CTV_INLINE ctv_double4 ctv_even_pairs(ctv_double4 a, ctv_double4 b) {
  return __builtin_shufflevector(a, b, 0, 4, 2, 6);
}
CTV_INLINE ctv_double4 ctv_odd_pairs(ctv_double4 a, ctv_double4 b) {
  return __builtin_shufflevector(a, b, 1, 5, 3, 7);
}
CTV_INLINE ctv_double4 ctv_low_halves(ctv_double4 a, ctv_double4 b) {
  return __builtin_shufflevector(a, b, 0, 1, 4, 5);
}
CTV_INLINE ctv_double4 ctv_high_halves(ctv_double4 a, ctv_double4 b) {
  return __builtin_shufflevector(a, b, 2, 3, 6, 7);
}

/* The same address, which the compiler has to take as it is. Else it keeps a sum of base and offset for every amplitude
   of a group, more than there are registers. */
CTV_INLINE void *ctv_address(void *pointer) {
  __asm__("" : "+r"(pointer));
  return pointer;
}

extern void sincos(double angle, double *sine, double *cosine);

CTV_INLINE void ctv_sincos(double angle, double *sine, double *cosine) { sincos(angle, sine, cosine); }

/* Tells the processor that this thread is only waiting. */
CTV_INLINE void ctv_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Whether there are 32 vector registers. */
CTV_INLINE bool ctv_has_many_registers(void) {
#if defined(__AVX512VL__) || defined(__aarch64__)
  return true;
#else
  return false;
#endif
}

/* The instruction set this code was compiled for. */
CTV_INLINE const char *ctv_cpu_level(void) {
#if defined(__AVX512F__) && defined(__AVX512VL__)
  return "x86-64-v4";
#elif defined(__AVX2__) && defined(__FMA__)
  return "x86-64-v3";
#else
  return "baseline";
#endif
}

#pragma clang assume_nonnull end

#endif
