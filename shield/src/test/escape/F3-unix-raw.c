// row:    F3
// tries:  `socket(AF_UNIX, SOCK_RAW)`, which the kernel silently turns into a datagram socket
// shield: the allow-list does not contain this type
// native: reached
#include "escape.h"

int main(void) {
  int fd = socket(AF_UNIX, SOCK_RAW, 0);
  if (fd < 0) contained("socket(AF_UNIX, SOCK_RAW): %s", strerror(errno));
  place to = path_at(setting("FORBIDDEN_DGRAM"));
  if (sendto(fd, "x", 1, 0, &to.any, to.size) == 1) reached("a Unix datagram from a raw socket");
  granted("a raw Unix socket");
}
