// Binds and connects while a timer interrupts every call, as a careful program does: what a signal
// has interrupted is made again. Then every result must be what it is without a shield. Arguments:
// `restart` or `interrupt` (SA_RESTART or not), rounds, an echo port, a port where nobody listens.
#define _GNU_SOURCE
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

static void nothing(int signal) { (void)signal; }

static struct sockaddr_in at(int port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static void fail(const char *what, int result) {
  printf("%s: %s\n", what, strerror(result));
  exit(1);
}

static void expect(const char *what, int expected, int result) {
  if (result != expected) fail(what, result);
}

// Answers that a signal kept from us although the supervisor was told that they had arrived; what is
// made again then finds itself done. Seen once. We believe, and have not proven, that the kernel looks
// for a signal before it looks whether an answer has come; the bound below is therefore small.
static int lost;

static void expect_unless_lost(const char *what, int expected, int when_lost, int result) {
  if (result == when_lost) lost++;
  else expect(what, expected, result);
}

static int new_socket(int flags) {
  int s;
  do s = socket(AF_INET, SOCK_STREAM | flags, 0);
  while (s < 0 && errno == EINTR);
  if (s < 0) fail("socket", errno);
  return s;
}

// One place in the code makes all binds, another all connects.
static int bind_to(int s, int port) {
  struct sockaddr_in to = at(port);
  int result;
  do result = bind(s, (struct sockaddr *)&to, sizeof to);
  while (result < 0 && errno == EINTR);
  return result ? errno : 0;
}

static int connect_to(int s, int port) {
  struct sockaddr_in to = at(port);
  int result;
  do result = connect(s, (struct sockaddr *)&to, sizeof to);
  while (result < 0 && errno == EINTR);
  return result ? errno : 0;
}

static int error_of(int s) {
  struct pollfd ready = {.fd = s, .events = POLLOUT};
  while (poll(&ready, 1, -1) < 0 && errno == EINTR);
  int error = 0, result;
  socklen_t length = sizeof error;
  do result = getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &length);
  while (result < 0 && errno == EINTR);
  if (result < 0) fail("getsockopt", errno);
  return error;
}

static void echo(int s) {
  char byte = 0;
  struct pollfd ready = {.fd = s, .events = POLLIN};
  ssize_t n;
  do n = write(s, "x", 1);
  while (n < 0 && errno == EINTR);
  if (n != 1) fail("write", errno);
  do {
    while (poll(&ready, 1, -1) < 0 && errno == EINTR);
    n = read(s, &byte, 1);
  } while (n < 0 && (errno == EINTR || errno == EAGAIN));
  if (n != 1 || byte != 'x') fail("read", n ? errno : 0);
}

static void blocking(int port) {
  int s = new_socket(0);
  expect_unless_lost("bind to any port", 0, EINVAL, bind_to(s, 0));
  expect("bind again", EINVAL, bind_to(s, 0));
  expect_unless_lost("blocking connect", 0, EISCONN, connect_to(s, port));
  echo(s);
  expect("connect again", EISCONN, connect_to(s, port));
  close(s);
}

static void non_blocking(int port) {
  int s = new_socket(SOCK_NONBLOCK);
  int result = connect_to(s, port);
  // A connect that is made again may find the first one under way, or at its end.
  if (result != EINPROGRESS && result != EALREADY && result != 0) fail("non-blocking connect", result);
  expect("its end", 0, error_of(s));
  echo(s);
  close(s);
}

static void refused(int port) {
  int s = new_socket(0);
  expect("blocking connect to nobody", ECONNREFUSED, connect_to(s, port));
  close(s);
  s = new_socket(SOCK_NONBLOCK);
  int result = connect_to(s, port);
  if (result == EINPROGRESS || result == EALREADY) result = error_of(s);
  expect_unless_lost("non-blocking connect to nobody", ECONNREFUSED, 0, result);
  close(s);
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  struct sigaction action = {
      .sa_handler = nothing, .sa_flags = strcmp(argv[1], "restart") ? 0 : SA_RESTART};
  sigaction(SIGALRM, &action, NULL);
  struct itimerval often = {{0, 1000}, {0, 1000}};
  setitimer(ITIMER_REAL, &often, NULL);
  int rounds = atoi(argv[2]), port = atoi(argv[3]), nobody = atoi(argv[4]);
  for (int i = 0; i < rounds; i++) {
    blocking(port);
    non_blocking(port);
    if (nobody) refused(nobody);
  }
  // More than a few would be answers that somebody forgot.
  if (lost > rounds / 30) {
    printf("%d answers were lost in %d rounds\n", lost, rounds);
    return 1;
  }
  puts("done");
}
