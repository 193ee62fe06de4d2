/* Threads and the processors they run on: what Swift cannot call, or not in the same words on every system. */
#ifndef CTANGENT_THREADS_H
#define CTANGENT_THREADS_H

#include <pthread.h>
#include <stdbool.h>

#if defined(__linux__)
#include <sched.h>
typedef cpu_set_t ctt_processors;
#else
/* Where threads cannot be bound to processors. */
typedef struct {
  int none;
} ctt_processors;
#endif

/* Starts a thread of its own that nobody waits for; false where the system has none left. */
bool ctt_start(void *(*body)(void *argument), void *argument);

/* How many processors the calling thread may use; 0 where that cannot be told. */
int ctt_processor_count(void);

/* Keeps a thread off the processor that the calling thread runs on, where it may use others.
   Returns whether it did; `allowed` then holds the processors it could use before. */
bool ctt_keep_off_this_processor(pthread_t thread, ctt_processors *allowed);

/* Lets the calling thread use these processors. */
void ctt_use(const ctt_processors *allowed);

#endif
