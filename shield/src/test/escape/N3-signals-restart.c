// row:    N3
// tries:  signals with SA_RESTART interrupt waiting calls, so that each is notified again
// shield: handlers are idempotent: a repeated call finds the state of the first
// native: reached
#include "escape.h"
#include <sys/time.h>

static void nothing(int signal) { (void)signal; }

// A signal every 200 microseconds, which interrupts whatever waits.
static void disturb(int flags) {
  struct sigaction action = {.sa_handler = nothing, .sa_flags = flags};
  sigaction(SIGALRM, &action, NULL);
  struct itimerval often = {{0, 200}, {0, 200}};
  setitimer(ITIMER_REAL, &often, NULL);
}

// Connects to both places until the time is over; returns how often the permitted one was reached.
static int alternate(void) {
  place good = permitted4(), bad = forbidden4();
  int passed = 0;
  for (long end = race_end(); milliseconds() < end;) {
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

int main(void) {
  disturb(SA_RESTART);
  contained("%d interrupted connections, all permitted", alternate());
}
