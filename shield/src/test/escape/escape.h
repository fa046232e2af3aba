// What the programs of the escape suite share: the places that the test has prepared, the ways to
// reach them, and how a verdict is told.
//
// The exit code is the verdict: 0 contained, 1 escaped, 2 could not try. An escape says in one line
// what got out: `reached` a place that no rule names (which that place must confirm), or was
// `granted` something that leads outside.
// A program that ends before its verdict is told says so with 3; its line follows on descriptor 1.
#ifndef ESCAPE_H
#define ESCAPE_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define UNUSED __attribute__((unused)) static

enum { CONTAINED = 0, ESCAPED = 1, UNTRIED = 2, LATER = 3 };

// ---------------------------------------------------------------------------------------- verdicts

// Tells the verdict on descriptor 1 and ends this process only.
UNUSED _Noreturn void verdict(int code, const char *kind, const char *format, va_list arguments) {
  char line[512];
  int length = snprintf(line, sizeof line, "%s: ", kind);
  length += vsnprintf(line + length, sizeof line - length - 2, format, arguments);
  if (length > (int)sizeof line - 2) length = sizeof line - 2;
  line[length++] = '\n';
  if (write(1, line, length) < 0) perror("verdict");
  _exit(code);
}

#define VERDICT(name, code)                                                                        \
  UNUSED _Noreturn __attribute__((format(printf, 1, 2))) void name(const char *format, ...) {      \
    va_list arguments;                                                                             \
    va_start(arguments, format);                                                                   \
    verdict(code, #name, format, arguments);                                                       \
  }
VERDICT(contained, CONTAINED)
VERDICT(reached, ESCAPED)
VERDICT(granted, ESCAPED)
VERDICT(untried, UNTRIED)

// ------------------------------------------------------------------------------------------- time

UNUSED long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

UNUSED void pause_for(long ms) {
  struct timespec time = {ms / 1000, ms % 1000 * 1000000};
  while (nanosleep(&time, &time) < 0 && errno == EINTR) {
  }
}

// When a race must be over.
UNUSED long race_end(void) {
  const char *ms = getenv("RACE_MS");
  return milliseconds() + (ms ? atoi(ms) : 500);
}

// Whether a race goes on: longer than `end` until something has passed, as on a busy machine it may
// hardly have begun by then.
UNUSED int racing(long end, int passed) {
  long now = milliseconds();
  return now < end || (!passed && now < end + 10000);
}

// ----------------------------------------------------------------------------------------- places

typedef struct {
  union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un un;
    char bytes[128];
  };
  socklen_t size;
} place;

UNUSED const char *setting(const char *name) {
  const char *value = getenv(name);
  if (!value) untried("the test has not set %s", name);
  return value;
}

UNUSED int number(const char *name) { return atoi(setting(name)); }

UNUSED place v4_at(const char *address, int port) {
  place p = {.size = sizeof(struct sockaddr_in)};
  p.v4.sin_family = AF_INET;
  p.v4.sin_port = htons(port);
  if (inet_pton(AF_INET, address, &p.v4.sin_addr) != 1) untried("%s is no address", address);
  return p;
}

UNUSED place v6_at(const char *address, int port) {
  place p = {.size = sizeof(struct sockaddr_in6)};
  p.v6.sin6_family = AF_INET6;
  p.v6.sin6_port = htons(port);
  if (inet_pton(AF_INET6, address, &p.v6.sin6_addr) != 1) untried("%s is no address", address);
  return p;
}

UNUSED place path_at(const char *path) {
  place p = {0};
  p.un.sun_family = AF_UNIX;
  if (strlen(path) >= sizeof p.un.sun_path) untried("%s is too long", path);
  strcpy(p.un.sun_path, path);
  p.size = offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1;
  return p;
}

UNUSED place abstract_at(const char *name) {
  place p = {0};
  p.un.sun_family = AF_UNIX;
  strcpy(p.un.sun_path + 1, name);
  p.size = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
  return p;
}

UNUSED place unspecified(void) {
  place p = {.size = sizeof(struct sockaddr_in)};
  p.any.sa_family = AF_UNSPEC;
  return p;
}

// The forbidden TCP listeners answer on every address of the machine.
UNUSED place forbidden4(void) { return v4_at("127.0.0.1", number("FORBIDDEN_TCP4")); }
UNUSED place forbidden6(void) { return v6_at("::1", number("FORBIDDEN_TCP6")); }
UNUSED place permitted4(void) { return v4_at("127.0.0.1", number("PERMITTED_TCP4")); }

// ---------------------------------------------------------------------------------------- sockets

// A socket that the shield has to give; the attack starts with it.
UNUSED int new_socket(int family, int type) {
  int fd;
  // Where the supervisor makes the socket, a signal can interrupt even this.
  do fd = socket(family, type, 0);
  while (fd < 0 && errno == EINTR);
  if (fd < 0) untried("socket(%d, %d): %s", family, type, strerror(errno));
  return fd;
}

UNUSED int connect_to(int fd, const place *to) { return connect(fd, &to->any, to->size); }

// The letter a peer greets with within so many milliseconds: F forbidden, P permitted, V visitor; 0
// when nobody does.
UNUSED char greeting_within(int fd, int ms) {
  char letter = 0;
  struct pollfd wait = {fd, POLLIN, 0};
  if (poll(&wait, 1, ms) > 0 && recv(fd, &letter, 1, MSG_DONTWAIT | MSG_PEEK) == 1) return letter;
  return 0;
}

// The same of a peer that may greet late, on a busy machine.
UNUSED char greeting(int fd) { return greeting_within(fd, 5000); }

// Whether a socket has a peer.
UNUSED int connected(int fd) {
  place peer = {.size = sizeof peer.bytes};
  return getpeername(fd, &peer.any, &peer.size) == 0;
}

// The error of a connection in progress, 0 once it is established.
UNUSED int outcome(int fd) {
  struct pollfd wait = {fd, POLLOUT, 0};
  if (poll(&wait, 1, 5000) <= 0) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  // A call that was interrupted and then refused leaves no error behind, and no peer.
  return error || connected(fd) ? error : ENOTCONN;
}

// Judges an attempt to connect `fd` to a forbidden place, given what the call returned.
UNUSED void judge(int fd, int result, const char *how) {
  if (result < 0 && (errno == EINPROGRESS || errno == EINTR)) result = outcome(fd) ? -1 : 0;
  if (result < 0) return;
  switch (greeting(fd)) {
    case 'F': reached("%s", how);
    case 'P': return;
    default:
      // An address of no family disconnects, and succeeds in that.
      if (connected(fd)) granted("%s: the call succeeded", how);
  }
}

// Connects a fresh stream socket to a forbidden place.
UNUSED void try_connect(const place *to, const char *how) {
  int fd = new_socket(to->any.sa_family, SOCK_STREAM);
  judge(fd, connect_to(fd, to), how);
  close(fd);
}

// Whether a socket accepts connections.
UNUSED int listening(int fd) {
  int yes = 0;
  socklen_t size = sizeof yes;
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &size) == 0 && yes;
}

// A socket connected to the permitted place, through whatever the shield puts between.
UNUSED int permitted_connection(void) {
  place to = permitted4();
  int fd = new_socket(AF_INET, SOCK_STREAM);
  if (connect_to(fd, &to) < 0) untried("the permitted place: %s", strerror(errno));
  if (greeting(fd) != 'P') untried("the permitted place does not greet");
  return fd;
}

// -------------------------------------------------------------------------------------- processes

// Runs an attack in a process of its own. Returns when it was contained, which includes being killed
// by the filter; any other verdict becomes ours.
UNUSED void attempt(void (*attack)(void), const char *name) {
  pid_t child = fork();
  if (child < 0) untried("fork: %s", strerror(errno));
  if (child == 0) {
    attack();
    _exit(CONTAINED);
  }
  int status;
  long end = milliseconds() + 30000;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (milliseconds() > end) {
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      untried("%s hangs", name);
    }
    pause_for(2);
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) return;
  if (WIFSIGNALED(status)) untried("%s died of signal %d", name, WTERMSIG(status));
  if (WEXITSTATUS(status) != CONTAINED) _exit(WEXITSTATUS(status));
}

// Whether a call was turned away for what it is, not for its arguments.
UNUSED int turned_away(long result) {
  return result == -1 && (errno == EPERM || errno == EACCES || errno == ENOSYS);
}

UNUSED pthread_t start_thread(void *(*work)(void *), void *argument) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, work, argument) != 0) untried("no thread");
  return thread;
}

#endif
