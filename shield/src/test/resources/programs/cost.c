// What calls cost, in microseconds. Argument: an echo port.
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

int main(int argc, char **argv) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct linger reset = {1, 0};
  for (int round = 0; round < 5; round++) {
    int s = socket(AF_INET, SOCK_STREAM, 0), n = 10000;
    struct sockaddr_in name;
    double start = now();
    for (int i = 0; i < n; i++) { socklen_t l = sizeof name; getsockname(s, (void *)&name, &l); }
    double names = (now() - start) / n;
    start = now();
    for (int i = 0; i < n; i++) { socklen_t l = sizeof name; if (connect(s, 0, 16) == 0) return 1; }
    double faults = (now() - start) / n;
    close(s);
    double connects = 0, blocking = 0;
    n = 2000;
    for (int i = 0; i < n; i++) {
      s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      start = now();
      if (connect(s, (void *)&to, sizeof to) && errno != EINPROGRESS) { perror("connect"); return 1; }
      connects += now() - start;
      setsockopt(s, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      close(s);
      s = socket(AF_INET, SOCK_STREAM, 0);
      start = now();
      if (connect(s, (void *)&to, sizeof to)) { perror("connect"); return 1; }
      blocking += now() - start;
      setsockopt(s, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      close(s);
    }
    printf("getsockname %.1f  failing connect %.1f  non-blocking connect %.1f  blocking connect %.1f\n", names, faults, connects / n, blocking / n);
  }
  return 0;
}
