/* What the machine can do: fused multiply-adds from registers, and the triad a = b + s c in cache and in memory, on one
   core and on all. The best of many short repeats, which other programs disturb least. Prints JSON in GFLOP/s and GB/s. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#ifdef __AVX512F__
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif
enum { CHAINS = 12, REPEATS = 60, MOST_THREADS = 256 };
typedef double vector __attribute__((vector_size(LANES * sizeof(double))));

static pthread_barrier_t barrier;
static struct worker {
  long length, rounds;
  double *a, *b, *c, begin, end, kept;
} workers[MOST_THREADS];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + 1e-9 * time.tv_nsec;
}

static void *multiply_add(void *pointer) {
  struct worker *w = pointer;
  vector r[CHAINS], x = {0}, y = {0};
  x += 0.999999;
  y += 1e-7;
  for (int k = 0; k < CHAINS; ++k) r[k] = y * (double)k;
  pthread_barrier_wait(&barrier);
  w->begin = now();
  for (long i = 0; i < w->rounds; ++i)
#pragma GCC unroll 12
    for (int k = 0; k < CHAINS; ++k) r[k] = r[k] * x + y;
  w->end = now();
  for (int k = 0; k < CHAINS; ++k) w->kept += r[k][0];
  return NULL;
}

static void *triad(void *pointer) {
  struct worker *w = pointer;
  for (long i = 0; i < w->length; ++i) w->a[i] = 0, w->b[i] = (double)i, w->c[i] = 2;
  pthread_barrier_wait(&barrier);
  w->begin = now();
  for (long r = 0; r < w->rounds; ++r) {
    for (long i = 0; i < w->length; ++i) w->a[i] = w->b[i] + (double)r * w->c[i];
    __asm__ volatile("" ::"r"(w->a) : "memory");
  }
  w->end = now();
  return NULL;
}

/* Seconds from the first start to the last end. */
static double run(void *(*work)(void *), int threads) {
  pthread_t ids[MOST_THREADS];
  double begin, end;
  pthread_barrier_init(&barrier, NULL, (unsigned)threads);
  for (int t = 0; t < threads; ++t) pthread_create(&ids[t], NULL, work, &workers[t]);
  for (int t = 0; t < threads; ++t) pthread_join(ids[t], NULL);
  begin = workers[0].begin, end = workers[0].end;
  for (int t = 1; t < threads; ++t) {
    if (workers[t].begin < begin) begin = workers[t].begin;
    if (workers[t].end > end) end = workers[t].end;
  }
  return end - begin;
}

static double best_multiply_add(int threads) {
  const long rounds = 1000000;
  double best = 0;
  for (int t = 0; t < threads; ++t) workers[t].rounds = rounds;
  for (int repeat = 0; repeat < REPEATS; ++repeat) {
    double rate = 2.0 * LANES * CHAINS * (double)rounds * threads / run(multiply_add, threads) / 1e9;
    if (rate > best) best = rate;
  }
  return best;
}

static double best_triad(int threads, long bytes_a_thread, long rounds) {
  const long length = bytes_a_thread / 24;
  double best = 0;
  for (int t = 0; t < threads; ++t) {
    struct worker *w = &workers[t];
    size_t size = ((size_t)length * sizeof(double) + 63) / 64 * 64;
    w->length = length, w->rounds = rounds;
    w->a = aligned_alloc(64, size), w->b = aligned_alloc(64, size), w->c = aligned_alloc(64, size);
    if (!w->a || !w->b || !w->c) exit(1);
  }
  for (int repeat = 0; repeat < REPEATS; ++repeat) {
    double rate = 24.0 * (double)(length * rounds) * threads / run(triad, threads) / 1e9;
    if (rate > best) best = rate;
  }
  for (int t = 0; t < threads; ++t) free(workers[t].a), free(workers[t].b), free(workers[t].c);
  return best;
}

int main(void) {
  const long cache = 384 << 10, memory = 256L << 20;
  int threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
  if (threads > MOST_THREADS) threads = MOST_THREADS;
  printf("{\"threads\": %d, \"lanes\": %d, \"fma_one\": %.2f, ", threads, LANES, best_multiply_add(1));
  printf("\"fma_all\": %.2f, ", best_multiply_add(threads));
  printf("\"cache_one\": %.2f, ", best_triad(1, cache, 400));
  printf("\"cache_all\": %.2f, ", best_triad(threads, cache, 400));
  printf("\"memory_one\": %.2f, ", best_triad(1, memory, 1));
  printf("\"memory_all\": %.2f}\n", best_triad(threads, memory / threads, 1));
  return 0;
}
