// row:    T3
// tries:  `shutdown`, which no filter stops, ends a listening socket; then it connects, and listens again unbound
// shield: every `connect` and `listen` is decided by the state that the socket has at that time
// native: reached
#include "escape.h"

int main(void) {
  int on = 1, fd = new_socket(AF_INET, SOCK_STREAM);
  place at = v4_at("127.0.0.1", number("SERVER_PORT")), to = forbidden4();
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, &at.any, at.size) < 0 || listen(fd, 8) < 0)
    untried("listen on the permitted port: %s", strerror(errno));
  if (shutdown(fd, SHUT_RD) < 0) untried("shutdown: %s", strerror(errno));
  judge(fd, connect_to(fd, &to), "connect of a listener that was shut down");
  close(fd);
  fd = permitted_connection();
  shutdown(fd, SHUT_RDWR);
  judge(fd, connect_to(fd, &to), "connect of a connection that was shut down");
  place nowhere = unspecified();
  connect_to(fd, &nowhere);
  if (listen(fd, 8) == 0 && listening(fd)) granted("listen of a connection that was shut down");
  contained("%s", strerror(errno));
}
