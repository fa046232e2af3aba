// row:    U2
// tries:  a Unix datagram socket sends to a path and to an abstract name
// shield: an unsupported protocol: EACCES
// native: reached
#include "escape.h"

int main(void) {
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (fd < 0) contained("socket(AF_UNIX, SOCK_DGRAM): %s", strerror(errno));
  place to = path_at(setting("FORBIDDEN_DGRAM"));
  if (sendto(fd, "x", 1, 0, &to.any, to.size) == 1) reached("a Unix datagram");
  granted("a Unix datagram socket");
}
