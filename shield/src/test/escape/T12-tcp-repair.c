// row:    T12
// tries:  TCP_REPAIR sets up a connection without a handshake, in a state that the program chooses
// shield: the option is refused
// native: granted
#include "escape.h"

int main(void) {
  const long ups[] = {0, 1L << 32, ~0xffffffffL};
  for (int i = 0; i < 3; i++) {
    int on = 1, fd = new_socket(AF_INET, SOCK_STREAM);
    // 19 is TCP_REPAIR; the level and the number are ints.
    long done = syscall(SYS_setsockopt, fd | ups[i], IPPROTO_TCP | ups[i], 19 | ups[i], &on, 4L);
    if (done == 0) granted("TCP_REPAIR");
    place to = forbidden4();
    judge(fd, connect_to(fd, &to), "connect in repair mode");
    close(fd);
  }
  contained("setsockopt: %s", strerror(errno));
}
