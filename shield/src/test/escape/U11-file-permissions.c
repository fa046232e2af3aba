// row:    U11
// tries:  an ordinary user's process connects to a permitted Unix socket that only root may use
// shield: the supervisor resolves and connects with the ids of the thread that asked
// native: contained: the kernel answers EACCES
// user:   untried: only root can create a socket that belongs to root
#include "escape.h"
#include <grp.h>

int main(void) {
  if (geteuid() != 0) untried("only root can create a socket that belongs to root");
  if (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0)
    untried("becoming nobody: %s", strerror(errno));
  for (int flags = 0; flags <= SOCK_NONBLOCK; flags += SOCK_NONBLOCK) {
    place to = path_at(setting("PERMITTED_PRIVATE"));
    int fd = new_socket(AF_UNIX, SOCK_STREAM | flags);
    if (connect_to(fd, &to) == 0) granted("a socket that only root may use");
    if (errno != EACCES) granted("connect: %s", strerror(errno));
    close(fd);
  }
  contained("connect: %s", strerror(errno));
}
