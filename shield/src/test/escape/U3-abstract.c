// row:    U3
// tries:  connects to an abstract name
// shield: EACCES: no rule can name it
// native: reached
#include "escape.h"

int main(void) {
  place to = abstract_at(setting("FORBIDDEN_ABSTRACT_STREAM"));
  try_connect(&to, "connect to an abstract name");
  int on = 1, fd = new_socket(AF_UNIX, SOCK_STREAM);
  // SO_PASSCRED binds a name of the kernel's choice on the way.
  setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
  judge(fd, connect_to(fd, &to), "connect to an abstract name with SO_PASSCRED");
  contained("connect: %s", strerror(errno));
}
