// row:    T2
// tries:  TCP_FASTOPEN_CONNECT: `connect` returns at once and the first `write` connects
// shield: the option is refused; `connect` is decided in any case
// native: reached
#include "escape.h"

int main(void) {
  place to = forbidden4();
  int on = 1, fd = new_socket(AF_INET, SOCK_STREAM);
  setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof on);
  int result = connect_to(fd, &to);
  if (result == 0 && send(fd, "x", 1, MSG_NOSIGNAL) < 0) result = -1;
  judge(fd, result, "write after TCP_FASTOPEN_CONNECT");
  contained("connect: %s", strerror(errno));
}
