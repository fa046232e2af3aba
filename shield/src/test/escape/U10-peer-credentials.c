// row:    U10
// tries:  an ordinary user's process connects to a permitted Unix socket, and the peer checks its credentials
// shield: the supervisor connects with the ids of the thread that asked
// native: contained: the kernel shows the ids of the caller
// container: untried: in a container, root's supervisor may not read the memory of other users' programs, and refuses their calls
#include "escape.h"
#include <grp.h>

int main(void) {
  if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0))
    untried("becoming nobody: %s", strerror(errno));
  int fd = new_socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK);
  for (int turn = 0; turn < 2; turn++) {
    place to = path_at(setting("PERMITTED_UNIX"));
    if (connect_to(fd, &to) < 0) untried("the permitted path: %s", strerror(errno));
    char told[64] = "";
    if (greeting(fd) != 'P' || recv(fd, told, sizeof told - 1, 0) < 0) untried("no greeting");
    int user = -1, group = -1;
    if (sscanf(told, "PERMITTED %d %d", &user, &group) != 2) untried("greeted with %s", told);
    if (user != (int)geteuid() || group != (int)getegid())
      granted("the ids of user %d and group %d", user, group);
    close(fd);
    // Once non-blocking, once blocking: two different ways.
    fd = new_socket(AF_UNIX, SOCK_STREAM);
  }
  contained("seen as user %d", geteuid());
}
