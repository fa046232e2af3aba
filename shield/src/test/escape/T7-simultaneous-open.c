// row:    T7
// tries:  what the shield does itself: a listener on the permitted port that drops every segment, and two sockets that open a connection to each other across it
// shield: loopback is an address like any other: EACCES
// native: granted
#include "escape.h"
#include <linux/filter.h>

static int bound(int port) {
  int on = 1, fd = new_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK);
  place at = v4_at("127.0.0.1", port);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (bind(fd, &at.any, at.size) < 0) contained("bind: %s", strerror(errno));
  return fd;
}

int main(void) {
  int port = number("SERVER_PORT"), gate = bound(port), one = bound(0), other = bound(port);
  struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
  struct sock_fprog program = {1, &drop};
  if (setsockopt(gate, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0)
    contained("SO_ATTACH_FILTER: %s", strerror(errno));
  if (listen(gate, 8) < 0) untried("listen on the permitted port: %s", strerror(errno));
  place to = v4_at("127.0.0.1", port), back = {.size = sizeof back.bytes};
  int first = connect_to(one, &to);
  if (first < 0 && errno != EINPROGRESS) contained("connect: %s", strerror(errno));
  getsockname(one, &back.any, &back.size);
  if (connect_to(other, &back) == 0 || outcome(one) == 0) granted("a connection of two sockets");
  contained("connect: %s", strerror(errno));
}
