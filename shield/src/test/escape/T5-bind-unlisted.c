// row:    T5
// tries:  binds a port that no rule names, on every kind of address, and listens
// shield: EACCES
// native: granted
#include "escape.h"

// Binds and listens; whoever can do both is a server on a port that no rule names.
static void attack(const place *at, const char *how) {
  int fd = new_socket(at->any.sa_family == AF_UNSPEC ? AF_INET : at->any.sa_family, SOCK_STREAM);
  if (bind(fd, &at->any, at->size) == 0 && listen(fd, 8) == 0 && listening(fd)) granted("%s", how);
  close(fd);
}

int main(void) {
  int port = number("UNLISTED_PORT");
  place places[] = {v4_at("0.0.0.0", port), v4_at("127.0.0.1", port), v4_at("127.3.2.1", port),
                    v6_at("::", port),      v6_at("::1", port),      v6_at("::ffff:127.0.0.1", port)};
  for (int i = 0; i < 6; i++) attack(&places[i], "a server on a port that no rule names");
  contained("%s", strerror(errno));
}
