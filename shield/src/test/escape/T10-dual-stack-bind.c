// row:    T10
// tries:  an IPv6 listener without IPV6_V6ONLY, which also accepts IPv4 connections
// shield: a rule applies to the port of both families; other ports are refused
// native: granted
#include "escape.h"

// Binds and listens; whoever can do both is a server on a port that no rule names.
static void attack(const place *at, const char *how) {
  int fd = new_socket(at->any.sa_family == AF_UNSPEC ? AF_INET : at->any.sa_family, SOCK_STREAM);
  if (bind(fd, &at->any, at->size) == 0 && listen(fd, 8) == 0 && listening(fd)) granted("%s", how);
  close(fd);
}

int main(void) {
  int port = number("UNLISTED_PORT"), off = 0, fd = new_socket(AF_INET6, SOCK_STREAM);
  place at = v6_at("::", port);
  setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind(fd, &at.any, at.size) == 0) {
    // Changing one's mind between bind and listen is too late natively; it must be here too.
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (listen(fd, 8) == 0 && listening(fd)) granted("a dual-stack server");
  }
  attack(&at, "a server on every address");
  contained("%s", strerror(errno));
}
