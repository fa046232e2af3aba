// row:    T7
// tries:  a socket connects to its own port: TCP without a listener
// shield: loopback is an address like any other: EACCES
// native: granted
#include "escape.h"

int main(void) {
  int fd = new_socket(AF_INET, SOCK_STREAM);
  place at = v4_at("127.0.0.1", 0);
  if (bind(fd, &at.any, at.size) < 0) contained("bind: %s", strerror(errno));
  getsockname(fd, &at.any, &at.size);
  if (connect_to(fd, &at) == 0) granted("a connection with itself");
  contained("connect: %s", strerror(errno));
}
