// Signals during a blocking connect or accept. Arguments: connect|accept, restart|interrupt, port.
// The handshake of a connect takes 1.5 s; the client of an accept comes after 1.5 s; the first signal after
// 0.1 s. A handler that ran long before the call ended has interrupted it.
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static double started, handled;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void handler(int signal) { if (handled == 0) handled = now() - started; }

#define CHECK(x) do { if (!(x)) { printf("line %d: %s errno %d (%s), handled %f\n", __LINE__, #x, errno, strerror(errno), handled); exit(1); } } while (0)

int main(int argc, char **argv) {
  int accepting = !strcmp(argv[1], "accept"), restart = !strcmp(argv[2], "restart");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[3])), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct sigaction action = {.sa_handler = handler, .sa_flags = restart ? SA_RESTART : 0};
  struct itimerval timer = {{0, 100000}, {0, 100000}};
  int s = socket(AF_INET, SOCK_STREAM, 0), result;
  sigaction(SIGALRM, &action, 0);
  if (accepting) {
    CHECK(bind(s, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen(s, 5) == 0);
    puts("listening");
    fflush(stdout);
  }
  started = now();
  setitimer(ITIMER_REAL, &timer, 0);
  if (accepting) result = accept(s, 0, 0); else result = connect(s, (struct sockaddr *)&address, sizeof address);
  double took = now() - started;
  CHECK(handled > 0.09);
  if (restart) {
    CHECK(result >= 0);
    CHECK(handled < took / 2);
  } else {
    CHECK(result == -1 && errno == EINTR);
    memset(&timer, 0, sizeof timer);
    setitimer(ITIMER_REAL, &timer, 0);
    struct pollfd p = {s, accepting ? POLLIN : POLLOUT, 0};
    CHECK(poll(&p, 1, 5000) == 1);
    if (accepting) {
      result = accept(s, 0, 0);
      CHECK(result >= 0);
    } else {
      int error = -1;
      socklen_t length = sizeof error;
      CHECK(getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0);
      CHECK(p.revents == POLLOUT);
      result = s;
    }
  }
  memset(&timer, 0, sizeof timer);
  setitimer(ITIMER_REAL, &timer, 0);
  int fd = accepting ? result : s;
  char buffer[5];
  if (!accepting) CHECK(write(fd, "hello", 5) == 5);
  CHECK(read(fd, buffer, 5) == 5 && !memcmp(buffer, "hello", 5));
  puts("done");
  return 0;
}
