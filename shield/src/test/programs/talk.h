// What the C programs share: listening, connecting, and talking so that every byte is checked.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static inline void fail(const char *what) {
  perror(what);
  exit(1);
}

static inline void check(int holds, const char *what) {
  if (!holds) {
    fprintf(stderr, "not so: %s\n", what);
    exit(1);
  }
}

static inline int listen_on(const char *port) {
  struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;
  check(getaddrinfo("127.0.0.1", port, &hints, &found) == 0, "an address");
  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, found->ai_addr, found->ai_addrlen)) fail("bind");
  if (listen(listener, 512)) fail("listen");
  freeaddrinfo(found);
  return listener;
}

static inline int connect_to(const char *port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  int s = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(s, (void *)&to, sizeof to)) fail("connect");
  return s;
}

static inline void write_all(int to, const void *bytes, size_t length) {
  for (const char *next = bytes; length > 0;) {
    ssize_t written = write(to, next, length);
    if (written <= 0) fail("write");
    next += written;
    length -= written;
  }
}

static inline void read_all(int from, void *bytes, size_t length) {
  for (char *next = bytes; length > 0;) {
    ssize_t got = read(from, next, length);
    if (got < 0) fail("read");
    check(got > 0, "the connection goes on");
    next += got;
    length -= got;
  }
}

static inline void echo(int s) {
  char buffer[65536];
  ssize_t got;
  while ((got = read(s, buffer, sizeof buffer)) > 0) write_all(s, buffer, got);
  if (got < 0) fail("read");
  close(s);
}

// Byte `position` of stream `seed`: neither constant nor short in period.
static inline unsigned char byte_at(uint64_t seed, uint64_t position) {
  uint64_t x = (position >> 3) * 0x9e3779b97f4a7c15u + seed;
  x ^= x >> 29;
  x *= 0xbf58476d1ce4e5b9u;
  return x >> (8 * (position & 7));
}
