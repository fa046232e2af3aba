// row:    N11
// tries:  `accept` with no descriptor left, and interrupted by signals, again and again
// shield: EMFILE; descriptors are passed atomically, so none leaks
// native: contained: the kernel does the same
#include "escape.h"
#include <sys/resource.h>
#include <sys/time.h>

static void nothing(int signal) { (void)signal; }

// A signal every so many microseconds; none for 0.
static void disturb(int period) {
  struct itimerval often = {{0, period}, {0, period}};
  setitimer(ITIMER_REAL, &often, NULL);
}

static int open_descriptors(void) {
  int count = 0;
  for (int fd = 0; fd < 256; fd++) count += fcntl(fd, F_GETFD) >= 0;
  return count;
}

// Asks the permitted place to visit us.
static void visits(int friend_, int count) {
  char all[64];
  memset(all, 'v', count);
  if (send(friend_, all, count, 0) != count) untried("asking for visits: %s", strerror(errno));
}

int main(void) {
  int on = 1, server = new_socket(AF_INET, SOCK_STREAM), friend_ = permitted_connection();
  place at = v4_at("127.0.0.1", number("SERVER_PORT"));
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(server, &at.any, at.size) < 0 || listen(server, 64) < 0)
    untried("listen on the permitted port: %s", strerror(errno));
  visits(friend_, 1);
  struct rlimit limit = {server + 3, server + 3}, old;
  getrlimit(RLIMIT_NOFILE, &old);
  limit.rlim_max = old.rlim_max;
  while (dup(server) >= 0 && open_descriptors() < server + 3) {
  }
  limit.rlim_cur = open_descriptors();
  setrlimit(RLIMIT_NOFILE, &limit);
  if (accept(server, NULL, NULL) >= 0) granted("a descriptor beyond the limit");
  if (errno != EMFILE) granted("accept at the limit: %s", strerror(errno));
  setrlimit(RLIMIT_NOFILE, &old);
  int before = open_descriptors(), accepted = 0;
  struct sigaction action = {.sa_handler = nothing};
  sigaction(SIGALRM, &action, NULL);
  int period = 300;
  disturb(period);
  visits(friend_, 19);
  for (long slower = milliseconds() + 1500, end = slower + 15000; accepted < 20 && milliseconds() < end;) {
    // On a busy machine every call may be interrupted every time.
    if (milliseconds() > slower && period == 300) disturb(period = 20000);
    int fd = accept(server, NULL, NULL);
    if (fd < 0) continue;
    accepted++;
    close(fd);
  }
  disturb(0);
  if (accepted != 20) untried("only %d of 20 visitors came", accepted);
  if (open_descriptors() != before) granted("%d descriptors too many", open_descriptors() - before);
  contained("20 visitors, no descriptor too many");
}
