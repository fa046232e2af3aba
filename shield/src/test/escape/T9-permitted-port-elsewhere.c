// row:    T9
// tries:  the permitted port on addresses that the rule does not name
// shield: a rule applies to one address and one port
// native: contained: nobody listens there
#include "escape.h"

int main(void) {
  int port = number("PERMITTED_TCP4");
  place places[] = {v4_at("127.0.0.2", port), v6_at("::1", port), v6_at("::ffff:127.0.0.2", port)};
  for (int i = 0; i < 3; i++) {
    int fd = new_socket(places[i].any.sa_family, SOCK_STREAM);
    if (connect_to(fd, &places[i]) == 0) granted("the permitted port on another address");
    // Natively nobody listens; under the shield nobody may find out.
    if (errno != EACCES && errno != ECONNREFUSED) granted("connect: %s", strerror(errno));
    close(fd);
  }
  contained("connect: %s", strerror(errno));
}
