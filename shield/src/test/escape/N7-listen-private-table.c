// row:    N7
// tries:  a thread with a private table listens on its own socket while the leader's socket of the same number has the permitted port
// shield: the supervisor gets the address from the socket itself
// native: granted
#include "escape.h"

enum { NUMBER = 100 };

static int bound(int port) {
  place at = v4_at("127.0.0.1", port);
  int on = 1, fd = new_socket(AF_INET, SOCK_STREAM);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, &at.any, at.size) < 0) untried("bind: %s", strerror(errno));
  return fd;
}

static void *works(void *unused) {
  (void)unused;
  if (unshare(CLONE_FILES) < 0) contained("unshare(CLONE_FILES): %s", strerror(errno));
  dup2(bound(0), NUMBER);
  if (listen(NUMBER, 1) == 0 && listening(NUMBER)) granted("listen on a port that no rule names");
  return NULL;
}

int main(void) {
  dup2(bound(number("SERVER_PORT")), NUMBER);
  pthread_join(start_thread(works, NULL), NULL);
  contained("the port decides, not the number");
}
