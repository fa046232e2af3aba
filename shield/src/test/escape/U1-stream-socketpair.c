// row:    U1
// tries:  an end of a stream or seqpacket pair is connected elsewhere
// shield: stream pairs are native, because they cannot be re-addressed
// native: contained: the kernel answers EISCONN
#include "escape.h"

static void attack(int type, const char *path) {
  int pair[2];
  if (socketpair(AF_UNIX, type, 0, pair) < 0) untried("socketpair: %s", strerror(errno));
  place to = path_at(setting(path)), nowhere = unspecified();
  if (connect_to(pair[0], &to) == 0) granted("a connected end connected again");
  connect_to(pair[0], &nowhere);
  if (connect_to(pair[0], &to) == 0) granted("a disconnected end connected again");
  sendto(pair[1], "x", 1, MSG_NOSIGNAL, &to.any, to.size);
}

int main(void) {
  attack(SOCK_STREAM, "FORBIDDEN_STREAM");
  attack(SOCK_SEQPACKET, "FORBIDDEN_SEQPACKET");
  contained("pairs stay pairs");
}
