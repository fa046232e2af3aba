// row:    U4
// tries:  listens on an abstract name, its own or one that the kernel picks
// shield: EACCES
// native: granted
#include "escape.h"

static void attack(const place *at, const char *what) {
  int fd = new_socket(AF_UNIX, SOCK_STREAM);
  if (bind(fd, &at->any, at->size) == 0 && listen(fd, 8) == 0) granted("%s", what);
  close(fd);
}

int main(void) {
  char name[32];
  snprintf(name, sizeof name, "escape-%d", getpid());
  place own = abstract_at(name), any = {.size = 2}, empty = abstract_at("");
  any.any.sa_family = AF_UNIX;
  attack(&own, "an abstract name");
  attack(&any, "an abstract name that the kernel picked");
  attack(&empty, "the empty abstract name");
  contained("%s", strerror(errno));
}
