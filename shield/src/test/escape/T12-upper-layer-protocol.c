// row:    T12
// tries:  TCP_ULP adds a protocol of the kernel to a permitted connection
// shield: the option is refused
// native: granted
#include "escape.h"

int main(void) {
  int fd = permitted_connection();
  static const char *const protocols[] = {"tls", "espintcp", "smc", "mptcp"};
  for (int i = 0; i < 4; i++) {
    // ENOENT: the kernel has looked for it.
    if (setsockopt(fd, IPPROTO_TCP, 31, protocols[i], strlen(protocols[i])) == 0 || errno == ENOENT)
      granted("TCP_ULP is looked into: %s", strerror(errno));
  }
  contained("TCP_ULP: %s", strerror(errno));
}
