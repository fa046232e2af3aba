// row:    N1
// tries:  a second thread keeps swapping the socket of the descriptor, and the address, while `connect` is decided
// shield: the supervisor acts on one duplicate, never on the descriptor number
// native: reached
#include "escape.h"

// The number that changes its meaning: a TCP socket, a Unix socket, nothing.
enum { NUMBER = 100 };

static place places[4];
static place shared;
static int sockets[2];
static volatile int over;

static void *swap(void *unused) {
  (void)unused;
  for (unsigned turn = 0; !over; turn++) {
    dup2(sockets[turn & 1], NUMBER);
    memcpy(&shared.any, &places[turn % 4].any, sizeof shared.un);
    if (turn % 7 == 0) close(NUMBER);
  }
  return NULL;
}

int main(void) {
  places[0] = permitted4(), places[1] = forbidden4();
  places[2] = path_at(setting("PERMITTED_UNIX")), places[3] = path_at(setting("FORBIDDEN_STREAM"));
  shared = places[0];
  sockets[0] = new_socket(AF_INET, SOCK_STREAM), sockets[1] = new_socket(AF_UNIX, SOCK_STREAM);
  pthread_t thread = start_thread(swap, NULL);
  int passed = 0;
  for (long end = race_end(); milliseconds() < end;) {
    for (int i = 0; i < 20; i++) passed += connect(NUMBER, &shared.any, sizeof shared.un) == 0;
    for (int i = 0; i < 2; i++) {
      char letter;
      if (recv(sockets[i], &letter, 1, MSG_DONTWAIT) == 1 && letter == 'F')
        reached("connect, the socket swapped meanwhile");
      int fresh = new_socket(i ? AF_UNIX : AF_INET, SOCK_STREAM);
      dup2(fresh, sockets[i]);
      close(fresh);
    }
  }
  over = 1;
  pthread_join(thread, NULL);
  contained("%d connections, all permitted", passed);
}
