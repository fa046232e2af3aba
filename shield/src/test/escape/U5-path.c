// row:    U5
// tries:  connects to a Unix socket that no rule names: stream, seqpacket, with and without a NUL at the end
// shield: EACCES
// native: reached
#include "escape.h"

static void attack(place to, int type) {
  int fd = new_socket(AF_UNIX, type);
  judge(fd, connect_to(fd, &to), "connect to a path");
  close(fd);
}

int main(void) {
  place to = path_at(setting("FORBIDDEN_STREAM"));
  attack(to, SOCK_STREAM);
  attack(path_at(setting("FORBIDDEN_SEQPACKET")), SOCK_SEQPACKET);
  to.size--;
  attack(to, SOCK_STREAM);
  to.size = sizeof to.un;
  attack(to, SOCK_STREAM);
  contained("connect: %s", strerror(errno));
}
