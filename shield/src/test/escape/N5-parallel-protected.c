// row:    N5
// tries:  threads connect one socket to a protected place and a forbidden one, disconnect it, and write to it, all at once
// shield: one `connect` at a time; the relay carries only authenticated connections
// native: reached
#include "escape.h"

enum { THREADS = 6 };

static place places[3];
static volatile int fd, over;

static void *work(void *which) {
  intptr_t turn = (intptr_t)which;
  for (; !over; turn++) {
    if (turn % 4 == 3) {
      send(fd, "clear", 5, MSG_NOSIGNAL | MSG_DONTWAIT);
    } else {
      connect_to(fd, &places[turn % 4]);
    }
  }
  return NULL;
}

int main(void) {
  places[0] = v4_at("127.0.0.1", number("PROTECTED_TCP4")), places[1] = forbidden4(), places[2] = unspecified();
  fd = new_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK);
  pthread_t threads[THREADS];
  for (intptr_t i = 0; i < THREADS; i++) threads[i] = start_thread(work, (void *)i);
  int rounds = 0;
  for (long end = race_end(); milliseconds() < end; rounds++) {
    // The protected place never greets.
    if (greeting_within(fd, 400) == 'F') reached("a forbidden place, by a socket that was to be protected");
    int fresh = new_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK);
    dup2(fresh, fd);
    close(fresh);
  }
  over = 1;
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  contained("%d rounds", rounds);
}
