// row:    U9
// tries:  listens on a path that no rule names, bound or unbound
// shield: EACCES
// native: granted
#include "escape.h"

int main(void) {
  char text[200];
  snprintf(text, sizeof text, "%.80s/mine", setting("SCRATCH"));
  place at = path_at(text);
  int fd = new_socket(AF_UNIX, SOCK_STREAM), packets = new_socket(AF_UNIX, SOCK_SEQPACKET);
  if (bind(fd, &at.any, at.size) == 0 && listen(fd, 8) == 0) granted("a server on a path");
  unlink(text);
  if (bind(packets, &at.any, at.size) == 0 && listen(packets, 8) == 0)
    granted("a seqpacket server on a path");
  contained("%s", strerror(errno));
}
