/* What the thread sanitizer must see of Swift's Mutex: `make sanitize` preloads it.

   The quick way into a Mutex is compiled into the code that locks it, with the sanitizer's eyes; the way of those who have to
   wait lies in a library without, so that what they find behind the lock would count as a race. Here it is a wait that the
   sanitizer sees. None asks the kernel to wait, so nobody has to wake others when he leaves. */

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

SWIFT void lock_slowly(uint32_t thread, SELF _Atomic uint32_t *owner)
    __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");

SWIFT void lock_slowly(uint32_t thread, SELF _Atomic uint32_t *owner) {
  for (;;) {
    uint32_t nobody = 0;
    if (atomic_compare_exchange_weak_explicit(
            owner, &nobody, thread, memory_order_acquire, memory_order_relaxed))
      return;
    sched_yield();
  }
}
