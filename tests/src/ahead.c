// The machine's clock as a process sees it that is told that it is AHEAD_SECS later. Preloaded; libfaketime would do, but it and
// jemalloc wait for each other at the start.
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *at) {
    int failed = (int)syscall(SYS_clock_gettime, clock, at);
    if (!failed && clock == CLOCK_REALTIME) at->tv_sec += AHEAD_SECS;
    return failed;
}
