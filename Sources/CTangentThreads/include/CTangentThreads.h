/* On which processors threads run: the part of the C library that Swift's Glibc module leaves out. */
#ifndef CTANGENT_THREADS_H
#define CTANGENT_THREADS_H

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

/* How many processors the calling thread may use; 0 where that cannot be told. */
int ctt_processor_count(void);

/* Keeps a thread off the processor that the calling thread runs on, where it may use others.
   Returns whether it did; `allowed` then holds the processors it could use before. */
bool ctt_keep_off_this_processor(pthread_t thread, cpu_set_t *allowed);

/* Lets the calling thread use these processors. */
void ctt_use(const cpu_set_t *allowed);

#endif
