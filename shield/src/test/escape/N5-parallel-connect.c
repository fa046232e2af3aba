// row:    N5
// tries:  eight threads connect one socket at once, to permitted and forbidden places
// shield: calls are serialised per socket, and each call is decided separately
// native: reached
#include "escape.h"

enum { THREADS = 8 };

static int fd;
static pthread_barrier_t start;

static void *connects(void *which) {
  place to = (intptr_t)which & 1 ? forbidden4() : permitted4();
  pthread_barrier_wait(&start);
  connect_to(fd, &to);
  return NULL;
}

int main(void) {
  pthread_barrier_init(&start, NULL, THREADS);
  int rounds = 0;
  for (long end = race_end(); milliseconds() < end; rounds++) {
    pthread_t threads[THREADS];
    fd = new_socket(AF_INET, SOCK_STREAM);
    for (intptr_t i = 0; i < THREADS; i++) threads[i] = start_thread(connects, (void *)i);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    if (greeting(fd) == 'F') reached("one of several connects on one socket");
    close(fd);
  }
  contained("%d rounds", rounds);
}
