// row:    T3
// tries:  disconnects a listening socket with AF_UNSPEC and connects with it
// shield: a disconnect resets the socket's state; every `connect` is decided again
// native: reached
#include "escape.h"

int main(void) {
  int on = 1, fd = new_socket(AF_INET, SOCK_STREAM);
  place at = v4_at("127.0.0.1", number("SERVER_PORT")), to = forbidden4(), nowhere = unspecified();
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, &at.any, at.size) < 0 || listen(fd, 8) < 0)
    untried("listen on the permitted port: %s", strerror(errno));
  judge(fd, connect_to(fd, &to), "connect of a listening socket");
  connect_to(fd, &nowhere);
  judge(fd, connect_to(fd, &to), "connect of a socket that listened");
  contained("connect: %s", strerror(errno));
}
