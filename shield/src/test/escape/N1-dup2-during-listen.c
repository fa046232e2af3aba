// row:    N1
// tries:  a second thread keeps swapping a socket bound to the permitted port with one bound to another while `listen` is decided
// shield: the supervisor decides by the address of the duplicate it acts on
// native: granted
#include "escape.h"

enum { NUMBER = 100 };

static int sockets[2];
static volatile int over;

static void *swap(void *unused) {
  (void)unused;
  for (unsigned turn = 0; !over; turn++) dup2(sockets[turn & 1], NUMBER);
  return NULL;
}

static void bind_both(void) {
  int on = 1;
  for (int i = 0; i < 2; i++) {
    place at = v4_at("127.0.0.1", i ? 0 : number("SERVER_PORT"));
    int fd = new_socket(AF_INET, SOCK_STREAM);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, &at.any, at.size) < 0) untried("bind: %s", strerror(errno));
    dup2(fd, sockets[i] ? sockets[i] : (sockets[i] = 50 + i));
    close(fd);
  }
}

int main(void) {
  bind_both();
  pthread_t thread = start_thread(swap, NULL);
  int passed = 0;
  for (long end = race_end(); racing(end, passed);) {
    passed += listen(NUMBER, 1) == 0;
    if (listening(sockets[1])) granted("listen on a port that no rule names");
  }
  over = 1;
  pthread_join(thread, NULL);
  if (!passed) untried("the permitted port never won");
  contained("%d times on the permitted port", passed);
}
