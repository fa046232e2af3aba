// row:    U8
// tries:  connects, in another process, a fresh socket passed by SCM_RIGHTS
// shield: the supervisor asks the socket, not the process that created it
// native: reached
#include "passed.h"

static int socket_;

static void attack(void) {
  place to = forbidden4();
  int fd = passed(socket_);
  judge(fd, connect_to(fd, &to), "connect of a passed socket");
}

int main(void) {
  socket_ = new_socket(AF_INET, SOCK_STREAM);
  attempt(attack, "connect");
  contained("connect of a passed socket: refused");
}
