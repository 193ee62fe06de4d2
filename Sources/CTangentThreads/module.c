#define _GNU_SOURCE
#include "CTangentThreads.h"

int ctt_processor_count(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
}

bool ctt_keep_off_this_processor(pthread_t thread, cpu_set_t *allowed) {
  int here = sched_getcpu();
  if (here < 0 || pthread_getaffinity_np(thread, sizeof *allowed, allowed) != 0) return false;
  cpu_set_t others = *allowed;
  CPU_CLR(here, &others);
  return CPU_COUNT(&others) > 0 && pthread_setaffinity_np(thread, sizeof others, &others) == 0;
}

void ctt_use(const cpu_set_t *allowed) {
  pthread_setaffinity_np(pthread_self(), sizeof *allowed, allowed);
}
