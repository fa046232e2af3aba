/* Exchanges data with a server outside the shield, and reports the CPU time that this process used.
   usage: traffic PORT; the server discards data after the byte 's', and echoes it after 'e'. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024, CHUNKS = 4 * 1024, MESSAGE = 64, MESSAGES = 8000 };

static char chunk[CHUNK];

static double cpu(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec
      + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static int to(int port, char kind) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fd, (void *)&at, sizeof at) < 0 || send(fd, &kind, 1, 0) != 1) {
    perror("connect");
    exit(1);
  }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4); /* BBR's pacing costs more than a shield */
  return fd;
}

static void all(ssize_t moved, size_t wanted) {
  if (moved != (ssize_t)wanted) {
    perror("traffic");
    exit(1);
  }
}

/* Runs one round for each line of input. */
int main(int count, char **words) {
  char line[8];
  int port = count > 1 ? atoi(words[1]) : 0;
  memset(chunk, 1, sizeof chunk);
  int bulk = to(port, 's'), echo = to(port, 'e');
  all(recv(echo, chunk, 1, 0), 1);
  while (fgets(line, sizeof line, stdin)) {
    double began = cpu();
    for (int i = 0; i < CHUNKS; i++) all(send(bulk, chunk, CHUNK, 0), CHUNK);
    double sent = cpu();
    for (int i = 0; i < MESSAGES; i++) {
      all(send(echo, chunk, MESSAGE, 0), MESSAGE);
      all(recv(echo, chunk, MESSAGE, MSG_WAITALL), MESSAGE);
    }
    double heard = cpu();
    printf("bulk %.6f message %.6f\n", (sent - began) * 1e6 / CHUNKS, (heard - sent) * 1e6 / MESSAGES);
    fflush(stdout);
  }
  return 0;
}
