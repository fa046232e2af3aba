// Tries to have something else connected than what was looked at. Arguments: seconds, allowed port,
// forbidden port. One thread rewrites the address, one swaps the descriptor, one connects. On a busy
// machine it takes longer, until it has connected and was refused.
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static volatile int stop;
static struct sockaddr_in shared;
static in_port_t allowed, forbidden;
static int number;

static void *rewrite(void *unused) {
  // Each as long as the other: with one processor, what is there when the thread is interrupted counts.
  for (unsigned turn = 0; !stop; turn++) *(volatile in_port_t *)&shared.sin_port = turn & 1 ? forbidden : allowed;
  return 0;
}

static void *swap(void *unused) {
  while (!stop) {
    int a = socket(AF_INET, SOCK_STREAM, 0), b = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    dup2(a, number);
    dup2(b, number);
    close(a);
    close(b);
  }
  return 0;
}

int main(int argc, char **argv) {
  pthread_t threads[2];
  time_t end = time(0) + atoi(argv[1]);
  long connected = 0, refused = 0;
  allowed = htons(atoi(argv[2]));
  forbidden = htons(atoi(argv[3]));
  shared = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = allowed, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  number = dup(0);
  pthread_create(&threads[0], 0, rewrite, 0);
  pthread_create(&threads[1], 0, swap, 0);
  while (time(0) < end || (time(0) < end + 300 && !(connected && refused))) {
    if (connect(number, (struct sockaddr *)&shared, sizeof shared) == 0) connected++;
    else if (errno == EACCES) refused++;
    int s = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(s, (struct sockaddr *)&shared, sizeof shared) == 0) connected++;
    else if (errno == EACCES) refused++;
    close(s);
  }
  stop = 1;
  pthread_join(threads[0], 0);
  pthread_join(threads[1], 0);
  printf("connected %ld refused %ld\n", connected, refused);
  return connected > 0 && refused > 0 ? 0 : 1;
}
