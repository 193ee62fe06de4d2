#define _GNU_SOURCE
#include "CTangentThreads.h"

bool ctt_start(void *(*body)(void *argument), void *argument) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, body, argument) != 0) return false;
  pthread_detach(thread);
  return true;
}

#if defined(__linux__)

int ctt_processor_count(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
}

bool ctt_keep_off_this_processor(pthread_t thread, ctt_processors *allowed) {
  int here = sched_getcpu();
  if (here < 0 || pthread_getaffinity_np(thread, sizeof *allowed, allowed) != 0) return false;
  cpu_set_t others = *allowed;
  CPU_CLR(here, &others);
  return CPU_COUNT(&others) > 0 && pthread_setaffinity_np(thread, sizeof others, &others) == 0;
}

void ctt_use(const ctt_processors *allowed) {
  pthread_setaffinity_np(pthread_self(), sizeof *allowed, allowed);
}

#else

int ctt_processor_count(void) { return 0; }

bool ctt_keep_off_this_processor(pthread_t thread, ctt_processors *allowed) {
  (void)thread;
  (void)allowed;
  return false;
}

void ctt_use(const ctt_processors *allowed) { (void)allowed; }

#endif
