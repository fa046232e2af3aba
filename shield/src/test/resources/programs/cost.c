// What calls cost, in microseconds. Nobody accepts the connections: a process that wakes for each of
// them on another processor would be measured too.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

enum { CALLS = 10000, CONNECTS = 2000, ROUNDS = 12 };

// A listener with room for all connections of one round.
static int listening(struct sockaddr_in *at) {
  socklen_t length = sizeof *at;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  *at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  if (bind(s, (void *)at, sizeof *at) || listen(s, 2 * CONNECTS) || getsockname(s, (void *)at, &length)) {
    perror("listen");
    exit(1);
  }
  return s;
}

static double connecting(struct sockaddr_in *to, int flags) {
  struct linger reset = {1, 0};
  int s = socket(AF_INET, SOCK_STREAM | flags, 0);
  double start = now();
  if (connect(s, (void *)to, sizeof *to) && errno != EINPROGRESS) {
    perror("connect");
    exit(1);
  }
  double took = now() - start;
  setsockopt(s, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close(s);
  return took;
}

int main(void) {
  for (int round = 0; round < ROUNDS; round++) {
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in name;
    double start = now();
    for (int i = 0; i < CALLS; i++) { socklen_t l = sizeof name; getsockname(s, (void *)&name, &l); }
    double names = (now() - start) / CALLS;
    start = now();
    for (int i = 0; i < CALLS; i++) { if (connect(s, 0, 16) == 0) return 1; }
    double faults = (now() - start) / CALLS;
    close(s);
    struct sockaddr_in to;
    int listener = listening(&to);
    double connects = 0, blocking = 0;
    for (int i = 0; i < CONNECTS; i++) {
      connects += connecting(&to, SOCK_NONBLOCK);
      blocking += connecting(&to, 0);
    }
    close(listener);
    printf("getsockname %.1f  failing connect %.1f  non-blocking connect %.1f  blocking connect %.1f\n", names, faults, connects / CONNECTS, blocking / CONNECTS);
  }
  return 0;
}
