// What the rows about signals share: connects that are interrupted all the time.
#ifndef INTERRUPTED_H
#define INTERRUPTED_H
#include "escape.h"
#include <sys/time.h>

static void nothing(int signal) { (void)signal; }

// A signal every so many microseconds, which interrupts whatever waits.
static void disturb(int flags, int period) {
  struct sigaction action = {.sa_handler = nothing, .sa_flags = flags};
  sigaction(SIGALRM, &action, NULL);
  struct itimerval often = {{0, period}, {0, period}};
  setitimer(ITIMER_REAL, &often, NULL);
}

// Connects to both places until the time is over; returns how often the permitted one was reached.
// On a busy machine every call may be interrupted every time; then with fewer signals.
static int alternate(int flags) {
  place good = permitted4(), bad = forbidden4();
  int passed = 0;
  int period = 200;
  for (long end = race_end(); racing(end, passed);) {
    if (milliseconds() >= end && period == 200) disturb(flags, period = 20000);
    int fd = new_socket(AF_INET, SOCK_STREAM);
    judge(fd, connect_to(fd, &bad), "connect, interrupted");
    close(fd);
    fd = new_socket(AF_INET, SOCK_STREAM);
    int result = connect_to(fd, &good);
    // After EINTR a connection goes on; POSIX leaves asking for its end to the caller.
    if (result < 0 && errno == EINTR) result = outcome(fd) ? -1 : 0;
    passed += result == 0;
    close(fd);
  }
  if (!passed) untried("the permitted place was never reached");
  return passed;
}

#endif
