// row:    F4
// tries:  an MPTCP socket connects to a plain TCP listener
// shield: EPROTONOSUPPORT, so that runtimes fall back to TCP
// native: reached
#include "escape.h"

int main(void) {
  place to = forbidden4();
  int fd = socket(AF_INET, SOCK_STREAM, 262);
  if (fd < 0) contained("socket(IPPROTO_MPTCP): %s", strerror(errno));
  judge(fd, connect_to(fd, &to), "MPTCP connect");
  granted("an MPTCP socket");
}
