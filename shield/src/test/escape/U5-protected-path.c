// row:    U5
// tries:  connects to a Unix socket that a rule protects, and writes plaintext before and after
// shield: the relay carries only authenticated connections
// native: reached
#include "escape.h"

int main(void) {
  place to = path_at(setting("PROTECTED_UNIX"));
  static const int types[] = {SOCK_STREAM, SOCK_STREAM | SOCK_NONBLOCK, SOCK_SEQPACKET};
  for (int i = 0; i < 3; i++) {
    int fd = new_socket(AF_UNIX, types[i]);
    int done = connect_to(fd, &to);
    // The shield may hold it back until somebody is authenticated; the place tells what arrives.
    send(fd, "clear", 5, MSG_NOSIGNAL);
    if (done == 0) reached("a connection that nobody has authenticated");
    pause_for(50);
    send(fd, "clear", 5, MSG_NOSIGNAL);
    close(fd);
  }
  contained("connect: %s", strerror(errno));
}
