// row:    T4
// tries:  `listen` without `bind`, for which the kernel picks a port on every address
// shield: `listen` is also decided for a socket that was never bound
// native: granted
#include "escape.h"

static void attack(int family) {
  int fd = new_socket(family, SOCK_STREAM);
  if (listen(fd, 8) == 0 && listening(fd)) granted("listen of an unbound socket, family %d", family);
}

int main(void) {
  attack(AF_INET);
  attack(AF_INET6);
  contained("listen: %s", strerror(errno));
}
