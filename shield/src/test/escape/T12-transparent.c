// row:    T12
// tries:  IP_TRANSPARENT and IP_FREEBIND bind addresses that are not local
// shield: IP_TRANSPARENT is refused or needs a capability that the program does not have; `listen` is decided in any case
// native: granted
#include "escape.h"

int main(void) {
  int on = 1, fd = new_socket(AF_INET, SOCK_STREAM);
  if (setsockopt(fd, IPPROTO_IP, 19, &on, sizeof on) == 0) granted("IP_TRANSPARENT");
  int six = new_socket(AF_INET6, SOCK_STREAM);
  if (setsockopt(six, IPPROTO_IPV6, 75, &on, sizeof on) == 0) granted("IPV6_TRANSPARENT");
  place foreign = v4_at("192.0.2.77", number("UNLISTED_PORT"));
  setsockopt(fd, IPPROTO_IP, 15, &on, sizeof on);
  if (bind(fd, &foreign.any, foreign.size) == 0 && listen(fd, 8) == 0)
    granted("a server on a foreign address");
  contained("%s", strerror(errno));
}
