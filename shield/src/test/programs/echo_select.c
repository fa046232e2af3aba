// One thread and select(2), with descriptors up to the highest an fd_set can hold: the connections
// get the last numbers, the others are taken by duplicates of standard input.
// `serve <port> <connections>` accepts all of them before it echoes any, then serves them together.
// `call <port> <connections> <bytes>` opens all of them first, then sends and compares on all.
#include "talk.h"

enum { MOST = FD_SETSIZE };

static void set_nonblocking(int s) { fcntl(s, F_SETFL, fcntl(s, F_GETFL) | O_NONBLOCK); }

struct echoing {
  char buffer[16384];
  int from, to, ended;
};

static struct echoing states[MOST];

static int serve_one(int s, fd_set *readable, fd_set *writable) {
  struct echoing *e = &states[s];
  if (FD_ISSET(s, readable) && e->from == e->to) {
    ssize_t got = read(s, e->buffer, sizeof e->buffer);
    if (got < 0) fail("read after select");
    e->ended = got == 0;
    e->from = 0;
    e->to = got;
  }
  if (FD_ISSET(s, writable) && e->from < e->to) {
    ssize_t written = write(s, e->buffer + e->from, e->to - e->from);
    if (written < 0) fail("write after select");
    e->from += written;
  }
  if (e->ended) close(s);
  return e->ended;
}

static void serve(const char *port, int connections) {
  int listener = listen_on(port), open[MOST], left = connections;
  set_nonblocking(listener);
  for (int i = 0; i < connections;) {
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(listener, &readable);
    if (select(listener + 1, &readable, 0, 0, 0) != 1) fail("select");
    int s = accept(listener, 0, 0);
    if (s < 0 && errno == EAGAIN) continue;
    if (s < 0) fail("accept");
    check(s < MOST, "the descriptor fits into an fd_set");
    set_nonblocking(s);
    open[i++] = s;
  }
  while (left > 0) {
    fd_set readable, writable;
    int highest = 0;
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    for (int i = 0; i < left; i++) {
      struct echoing *e = &states[open[i]];
      FD_SET(open[i], e->from == e->to ? &readable : &writable);
      if (open[i] > highest) highest = open[i];
    }
    if (select(highest + 1, &readable, &writable, 0, 0) < 0) fail("select");
    for (int i = 0; i < left; i++)
      if (serve_one(open[i], &readable, &writable)) open[i--] = open[--left];
  }
  printf("served %d\n", connections);
}

static void call(const char *port, int connections, uint64_t bytes) {
  static uint64_t sent[MOST], got[MOST];
  int open[MOST], left = connections;
  for (int i = 0; i < connections; i++) set_nonblocking(open[i] = connect_to(port));
  while (left > 0) {
    fd_set readable, writable;
    int highest = 0;
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    for (int i = 0; i < left; i++) {
      FD_SET(open[i], &readable);
      if (sent[open[i]] < bytes) FD_SET(open[i], &writable);
      if (open[i] > highest) highest = open[i];
    }
    if (select(highest + 1, &readable, &writable, 0, 0) < 0) fail("select");
    for (int i = 0; i < left; i++) {
      int s = open[i];
      unsigned char block[8192];
      if (FD_ISSET(s, &writable)) {
        size_t next = bytes - sent[s] < sizeof block ? bytes - sent[s] : sizeof block;
        for (size_t k = 0; k < next; k++) block[k] = byte_at(s, sent[s] + k);
        ssize_t written = write(s, block, next);
        if (written < 0) fail("write after select");
        if ((sent[s] += written) == bytes) shutdown(s, SHUT_WR);
      }
      if (!FD_ISSET(s, &readable)) continue;
      ssize_t came = read(s, block, sizeof block);
      if (came < 0) fail("read after select");
      for (ssize_t k = 0; k < came; k++) check(block[k] == byte_at(s, got[s]++), "the byte sent");
      if (came > 0) continue;
      check(got[s] == bytes, "all bytes before the end");
      close(s);
      open[i--] = open[--left];
    }
  }
  printf("carried %d x %lu\n", connections, bytes);
}

static void take_low_numbers(int connections) {
  while (dup(0) < MOST - connections - 4) continue;
}

int main(int argc, char **argv) {
  take_low_numbers(atoi(argv[3]));
  if (strcmp(argv[1], "serve") == 0)
    serve(argv[2], atoi(argv[3]));
  else
    call(argv[2], atoi(argv[3]), strtoull(argv[4], 0, 10));
  return 0;
}
