// row:    U6
// tries:  changes its root, so that the permitted path leads to another socket
// shield: the path is resolved from the program's root, so it finds the program's own socket
// native: contained: only sockets below the new root can be found
// user:   untried: chroot needs root
#include "escape.h"

int main(void) {
  char inside[300];
  if (geteuid() != 0) untried("chroot needs root");
  snprintf(inside, sizeof inside, "%.100s/permitted", setting("SCRATCH"));
  mkdir(inside, 0700);
  if (chroot(setting("SCRATCH")) < 0) contained("chroot: %s", strerror(errno));
  if (chdir("/") < 0) untried("chdir");
  // Outside of the root, both paths name sockets; here they name nothing.
  place good = path_at(setting("PERMITTED_UNIX")), bad = path_at(setting("FORBIDDEN_STREAM"));
  try_connect(&bad, "a path outside of the root");
  int fd = new_socket(AF_UNIX, SOCK_STREAM);
  if (connect_to(fd, &good) == 0) granted("the permitted path, outside of the root");
  contained("connect: %s", strerror(errno));
}
