// row:    T14
// tries:  listens, in another process, on a bound socket passed by SCM_RIGHTS
// shield: the supervisor asks the socket, not the process that created it
// native: granted
#include "passed.h"

static int socket_;

static void attack(void) {
  int fd = passed(socket_);
  close(socket_);
  if (listen(fd, 8) == 0 && listening(fd)) granted("listen on a passed socket");
}

int main(void) {
  place at = v4_at("127.0.0.1", 0);
  socket_ = new_socket(AF_INET, SOCK_STREAM);
  if (bind(socket_, &at.any, at.size) < 0) contained("bind: %s", strerror(errno));
  attempt(attack, "listen");
  contained("listen on a passed socket: refused");
}
