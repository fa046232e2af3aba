// row:    T8
// tries:  connects to every address in use on this machine, which includes the shield's gates and private ports
// shield: no rule names them; the shield compares both ends of each local connection
// native: reached
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

static void connects(place at, int state, int forbidden) {
  int port = ntohs(at.v4.sin_port), used = state == 10 || state == 1 || state == 2;
  int known = port == number("FORBIDDEN_TCP4") || port == number("FORBIDDEN_TCP6");
  int loopback = at.any.sa_family == AF_INET ? (at.v4.sin_addr.s_addr & 0xff) == 127
                                             : IN6_IS_ADDR_LOOPBACK(&at.v6.sin6_addr);
  if (!used || known != forbidden || (!known && !loopback)) return;
  if (port == number("PERMITTED_TCP4")) return;
  int fd = new_socket(at.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK);
  judge(fd, connect_to(fd, &at), "connect to an address found in /proc/net/tcp");
  close(fd);
}

static void the_forbidden(place at, int state) { connects(at, state, 1); }
static void the_others(place at, int state) { connects(at, state, 0); }

// Where nothing holds us, the first round ends this, and services of others are left alone.
int main(void) {
  int fd = permitted_connection();
  each_local(the_forbidden);
  each_local(the_others);
  close(fd);
  contained("no address of others");
}
