// row:    T3
// tries:  disconnects a connected socket, which keeps its port, and listens there
// shield: `listen` is decided by the port that the socket has at that time
// native: granted
#include "escape.h"

int main(void) {
  place to = permitted4(), nowhere = unspecified(), at = v4_at("127.0.0.1", 0);
  int fd = new_socket(AF_INET, SOCK_STREAM);
  if (bind(fd, &at.any, at.size) < 0) contained("bind: %s", strerror(errno));
  if (connect_to(fd, &to) < 0) untried("the permitted place: %s", strerror(errno));
  connect_to(fd, &nowhere);
  if (listen(fd, 8) == 0 && listening(fd)) granted("listen on the port of a former connection");
  contained("listen: %s", strerror(errno));
}
