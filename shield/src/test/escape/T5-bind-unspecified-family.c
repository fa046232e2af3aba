// row:    T5
// tries:  `bind` with the family AF_UNSPEC, which the kernel treats as AF_INET
// shield: addresses are normalised before the rules are checked
// native: granted
#include "escape.h"

// Binds and listens; whoever can do both is a server on a port that no rule names.
static void attack(const place *at, const char *how) {
  int fd = new_socket(at->any.sa_family == AF_UNSPEC ? AF_INET : at->any.sa_family, SOCK_STREAM);
  if (bind(fd, &at->any, at->size) == 0 && listen(fd, 8) == 0 && listening(fd)) granted("%s", how);
  close(fd);
}

int main(void) {
  place at = v4_at("0.0.0.0", number("UNLISTED_PORT"));
  at.any.sa_family = AF_UNSPEC;
  attack(&at, "bind with AF_UNSPEC, then listen");
  contained("%s", strerror(errno));
}
