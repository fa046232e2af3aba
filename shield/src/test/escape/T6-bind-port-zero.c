// row:    T6
// tries:  binds port 0, also with IP_BIND_ADDRESS_NO_PORT, and listens on the port that the kernel picks
// shield: `listen` is decided by the port that the socket has at that time
// native: granted
#include "escape.h"

static void attack(place at, int late) {
  int fd = new_socket(at.any.sa_family, SOCK_STREAM);
  if (late) setsockopt(fd, IPPROTO_IP, 24, &late, sizeof late);
  if (bind(fd, &at.any, at.size) == 0 && listen(fd, 8) == 0 && listening(fd))
    granted("listen on the port that the kernel picked");
  close(fd);
}

int main(void) {
  for (int late = 0; late < 2; late++) {
    attack(v4_at("0.0.0.0", 0), late);
    attack(v4_at("127.0.0.1", 0), late);
    attack(v6_at("::", 0), late);
  }
  contained("%s", strerror(errno));
}
