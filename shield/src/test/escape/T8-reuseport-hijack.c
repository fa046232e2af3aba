// row:    T8
// tries:  binds and listens on every port in use, with SO_REUSEADDR and SO_REUSEPORT, to share the shield's own listeners
// shield: no rule names those ports; the shield's public listeners are not shared
// native: granted
#include "escape.h"

// Calls `use` with every local address that /proc/net/tcp tells of; `state` 10 is listening.
static void each_local(void (*use)(place at, int state)) {
  static const char *const files[] = {"/proc/net/tcp", "/proc/net/tcp6"};
  for (int six = 0; six < 2; six++) {
    char line[300], address[64];
    unsigned port, state;
    FILE *file = fopen(files[six], "r");
    while (file && fgets(line, sizeof line, file)) {
      if (sscanf(line, " %*d: %63[0-9A-F]:%x %*[0-9A-F:] %x", address, &port, &state) != 3) continue;
      place at = six ? v6_at("::", port) : v4_at("0.0.0.0", port);
      uint32_t *words = six ? (uint32_t *)&at.v6.sin6_addr : &at.v4.sin_addr.s_addr;
      for (int i = 0; i < (six ? 4 : 1); i++) sscanf(address + 8 * i, "%8x", &words[i]);
      use(at, state);
    }
    if (file) fclose(file);
  }
}

static void hijack(place at, int state) {
  int on = 1, port = ntohs(at.v4.sin_port);
  if (state != 10 || port == number("SERVER_PORT")) return;
  int fd = new_socket(at.any.sa_family, SOCK_STREAM);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (at.any.sa_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(fd, &at.any, at.size) == 0 && listen(fd, 8) == 0) granted("a share of port %d", port);
  close(fd);
}

int main(void) {
  close(permitted_connection());
  each_local(hijack);
  contained("no port of others");
}
