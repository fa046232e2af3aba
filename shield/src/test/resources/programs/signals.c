// Signals during a blocking connect or accept. Arguments: connect|accept, restart|interrupt, port. What the call waits for
// comes once "interrupted" was said: by the third signal when calls are restarted, otherwise after the call has ended by one.
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { SIGNALS = 3, PERIOD = 100000 };

static int restart;
static volatile sig_atomic_t handled;

static void say(const char *line) {
  if (write(1, line, strlen(line)) < 0) _exit(2);
}

static void handler(int signal) {
  if (++handled == SIGNALS && restart) say("interrupted\n");
}

#define CHECK(x) do { if (!(x)) { printf("line %d: %s errno %d (%s), handled %d\n", __LINE__, #x, errno, strerror(errno), (int)handled); exit(1); } } while (0)

int main(int argc, char **argv) {
  int accepting = !strcmp(argv[1], "accept");
  restart = !strcmp(argv[2], "restart");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[3])), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct sigaction action = {.sa_handler = handler, .sa_flags = restart ? SA_RESTART : 0};
  struct itimerval timer = {{0, PERIOD}, {0, PERIOD}};
  int s = socket(AF_INET, SOCK_STREAM, 0), result;
  sigaction(SIGALRM, &action, 0);
  if (accepting) {
    CHECK(bind(s, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen(s, 5) == 0);
  }
  setitimer(ITIMER_REAL, &timer, 0);
  if (accepting) result = accept(s, 0, 0); else result = connect(s, (struct sockaddr *)&address, sizeof address);
  if (restart) {
    CHECK(result >= 0);
    CHECK(handled >= SIGNALS);
  } else {
    CHECK(result == -1 && errno == EINTR);
    memset(&timer, 0, sizeof timer);
    setitimer(ITIMER_REAL, &timer, 0);
    say("interrupted\n");
    struct pollfd p = {s, accepting ? POLLIN : POLLOUT, 0};
    CHECK(poll(&p, 1, -1) == 1);
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
