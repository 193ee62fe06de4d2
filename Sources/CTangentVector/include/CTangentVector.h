/* Vector arithmetic that Swift cannot spell: operations on four doubles, eight doubles or eight floats that stay one instruction
   each,
   shuffles of two vectors, and both halves of sine and cosine in one call. Header only; the loops stay in Swift. */
#ifndef CTANGENT_VECTOR_H
#define CTANGENT_VECTOR_H

typedef double ctv_double4 __attribute__((ext_vector_type(4)));
typedef long ctv_long4 __attribute__((ext_vector_type(4)));
typedef double ctv_double8 __attribute__((ext_vector_type(8)));
typedef float ctv_float8 __attribute__((ext_vector_type(8)));

#pragma clang assume_nonnull begin

#define CTV_INLINE static inline __attribute__((always_inline))

CTV_INLINE ctv_double4 ctv_add(ctv_double4 a, ctv_double4 b) { return a + b; }
CTV_INLINE ctv_double8 ctv_add8(ctv_double8 a, ctv_double8 b) { return a + b; }
CTV_INLINE ctv_float8 ctv_addf(ctv_float8 a, ctv_float8 b) { return a + b; }
CTV_INLINE ctv_double4 ctv_sub(ctv_double4 a, ctv_double4 b) { return a - b; }
CTV_INLINE ctv_double8 ctv_sub8(ctv_double8 a, ctv_double8 b) { return a - b; }
CTV_INLINE ctv_float8 ctv_subf(ctv_float8 a, ctv_float8 b) { return a - b; }
CTV_INLINE ctv_double4 ctv_mul(ctv_double4 a, ctv_double4 b) { return a * b; }
CTV_INLINE ctv_double8 ctv_mul8(ctv_double8 a, ctv_double8 b) { return a * b; }
CTV_INLINE ctv_float8 ctv_mulf(ctv_float8 a, ctv_float8 b) { return a * b; }
CTV_INLINE ctv_double4 ctv_neg(ctv_double4 a) { return -a; }
CTV_INLINE ctv_double8 ctv_neg8(ctv_double8 a) { return -a; }
CTV_INLINE ctv_float8 ctv_negf(ctv_float8 a) { return -a; }

CTV_INLINE ctv_double4 ctv_sqrt(ctv_double4 a) { return __builtin_elementwise_sqrt(a); }

CTV_INLINE ctv_float8 ctv_round(ctv_double8 a) { return __builtin_convertvector(a, ctv_float8); }
CTV_INLINE ctv_double8 ctv_widen(ctv_float8 a) { return __builtin_convertvector(a, ctv_double8); }

/* a * b + c and c - a * b. Without hardware FMA the fused form is a slow library call: two roundings then. */
#if defined(__FMA__) || defined(__aarch64__)
CTV_INLINE ctv_double4 ctv_fma(ctv_double4 a, ctv_double4 b, ctv_double4 c) { return __builtin_elementwise_fma(a, b, c); }
CTV_INLINE ctv_double8 ctv_fma8(ctv_double8 a, ctv_double8 b, ctv_double8 c) { return __builtin_elementwise_fma(a, b, c); }
CTV_INLINE ctv_double8 ctv_fnma8(ctv_double8 a, ctv_double8 b, ctv_double8 c) { return __builtin_elementwise_fma(-a, b, c); }
CTV_INLINE ctv_float8 ctv_fmaf(ctv_float8 a, ctv_float8 b, ctv_float8 c) { return __builtin_elementwise_fma(a, b, c); }
CTV_INLINE ctv_double4 ctv_fnma(ctv_double4 a, ctv_double4 b, ctv_double4 c) { return __builtin_elementwise_fma(-a, b, c); }
CTV_INLINE ctv_float8 ctv_fnmaf(ctv_float8 a, ctv_float8 b, ctv_float8 c) { return __builtin_elementwise_fma(-a, b, c); }
#else
CTV_INLINE ctv_double4 ctv_fma(ctv_double4 a, ctv_double4 b, ctv_double4 c) { return a * b + c; }
CTV_INLINE ctv_double8 ctv_fma8(ctv_double8 a, ctv_double8 b, ctv_double8 c) { return a * b + c; }
CTV_INLINE ctv_double8 ctv_fnma8(ctv_double8 a, ctv_double8 b, ctv_double8 c) { return c - a * b; }
CTV_INLINE ctv_float8 ctv_fmaf(ctv_float8 a, ctv_float8 b, ctv_float8 c) { return a * b + c; }
CTV_INLINE ctv_double4 ctv_fnma(ctv_double4 a, ctv_double4 b, ctv_double4 c) { return c - a * b; }
CTV_INLINE ctv_float8 ctv_fnmaf(ctv_float8 a, ctv_float8 b, ctv_float8 c) { return c - a * b; }
#endif

/* Whether eight doubles are one register. */
CTV_INLINE _Bool ctv_has_wide_vectors(void) {
#if defined(__AVX512F__)
  return 1;
#else
  return 0;
#endif
}

CTV_INLINE ctv_double4 ctv_div(ctv_double4 a, ctv_double4 b) { return a / b; }
CTV_INLINE ctv_double4 ctv_min(ctv_double4 a, ctv_double4 b) { return __builtin_elementwise_min(a, b); }
CTV_INLINE ctv_double4 ctv_max(ctv_double4 a, ctv_double4 b) { return __builtin_elementwise_max(a, b); }
CTV_INLINE ctv_double4 ctv_abs(ctv_double4 a) { return __builtin_elementwise_abs(a); }
CTV_INLINE ctv_double4 ctv_copysign(ctv_double4 size, ctv_double4 sign) {
  return __builtin_elementwise_copysign(size, sign);
}

/* Where a < b one number, else the other. */
CTV_INLINE ctv_double4 ctv_where_less(ctv_double4 a, ctv_double4 b, ctv_double4 yes, ctv_double4 no) {
  ctv_long4 mask = a < b;
  return (ctv_double4)(((ctv_long4)yes & mask) | ((ctv_long4)no & ~mask));
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

/* Lanes j and j ^ 1, j ^ 2 or j ^ 3 change places. */
CTV_INLINE ctv_double4 ctv_exchange1(ctv_double4 a) { return __builtin_shufflevector(a, a, 1, 0, 3, 2); }
CTV_INLINE ctv_double4 ctv_exchange2(ctv_double4 a) { return __builtin_shufflevector(a, a, 2, 3, 0, 1); }
CTV_INLINE ctv_double4 ctv_exchange3(ctv_double4 a) { return __builtin_shufflevector(a, a, 3, 2, 1, 0); }
CTV_INLINE ctv_double8 ctv_exchange1_8(ctv_double8 a) { return __builtin_shufflevector(a, a, 1, 0, 3, 2, 5, 4, 7, 6); }
CTV_INLINE ctv_float8 ctv_exchange1f(ctv_float8 a) { return __builtin_shufflevector(a, a, 1, 0, 3, 2, 5, 4, 7, 6); }
CTV_INLINE ctv_double8 ctv_exchange2_8(ctv_double8 a) { return __builtin_shufflevector(a, a, 2, 3, 0, 1, 6, 7, 4, 5); }
CTV_INLINE ctv_float8 ctv_exchange2f(ctv_float8 a) { return __builtin_shufflevector(a, a, 2, 3, 0, 1, 6, 7, 4, 5); }
CTV_INLINE ctv_double8 ctv_exchange3_8(ctv_double8 a) { return __builtin_shufflevector(a, a, 3, 2, 1, 0, 7, 6, 5, 4); }
CTV_INLINE ctv_float8 ctv_exchange3f(ctv_float8 a) { return __builtin_shufflevector(a, a, 3, 2, 1, 0, 7, 6, 5, 4); }

/* The same address, which the compiler has to take as it is. Else it keeps a sum of base and offset for every amplitude
   of a group, more than there are registers. */
CTV_INLINE void *ctv_address(void *pointer) {
  __asm__("" : "+r"(pointer));
  return pointer;
}

#if defined(__APPLE__)
extern void __sincos(double angle, double *sine, double *cosine);
CTV_INLINE void ctv_sincos(double angle, double *sine, double *cosine) { __sincos(angle, sine, cosine); }
#else
extern void sincos(double angle, double *sine, double *cosine);
CTV_INLINE void ctv_sincos(double angle, double *sine, double *cosine) { sincos(angle, sine, cosine); }
#endif

/* Tells the processor that this thread is only waiting. */
CTV_INLINE void ctv_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* The instruction set this code was compiled for. */
CTV_INLINE const char *ctv_cpu_level(void) {
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512CD__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
  return "x86-64-v4";
#elif defined(__AVX2__) && defined(__FMA__)
  return "x86-64-v3";
#else
  return "baseline";
#endif
}

#pragma clang assume_nonnull end

#endif
