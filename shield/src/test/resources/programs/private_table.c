// A thread with a descriptor table of its own: the same number means different sockets. Arguments:
// allowed port, forbidden port.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/close_range.h>

static struct sockaddr_in to;
static int number, failed;

static void *work(void *unused) {
  // Both ways are one to the kernel; containers forbid the first.
  if (unshare(CLONE_FILES) && close_range(100000, 100001, CLOSE_RANGE_UNSHARE)) { perror("unshare"); failed = 1; return 0; }
  int s = socket(AF_INET, SOCK_STREAM, 0);
  dup2(s, number);
  close(s);
  struct sockaddr_in peer;
  socklen_t length = sizeof peer;
  if (connect(number, (struct sockaddr *)&to, sizeof to)) { perror("connect"); failed = 1; return 0; }
  if (getpeername(number, (struct sockaddr *)&peer, &length) || peer.sin_port != to.sin_port) { perror("getpeername"); failed = 1; }
  char byte;
  if (write(number, "x", 1) != 1 || read(number, &byte, 1) != 1) { perror("echo"); failed = 1; }
  return 0;
}

int main(int argc, char **argv) {
  pthread_t thread;
  to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  number = socket(AF_INET, SOCK_STREAM, 0);
  pthread_create(&thread, 0, work, 0);
  pthread_join(thread, 0);
  struct sockaddr_in peer;
  socklen_t length = sizeof peer;
  if (getpeername(number, (struct sockaddr *)&peer, &length) == 0 || errno != ENOTCONN) { puts("the leader's socket was connected"); failed = 1; }
  puts(failed ? "failed" : "done");
  return failed;
}
