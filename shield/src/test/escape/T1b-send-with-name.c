// row:    T1b
// tries:  `sendto` and `sendmsg` with an address on stream sockets, not connected and connected
// shield: the call is native: an address does not connect a stream socket
// native: contained: the kernel ignores the address or answers EPIPE, EISCONN, EOPNOTSUPP
#include "escape.h"

static void attack(int fd, place to, const char *what) {
  sendto(fd, "x", 1, MSG_NOSIGNAL, &to.any, to.size);
  struct iovec bytes = {"x", 1};
  struct msghdr message = {
      .msg_name = &to.any, .msg_namelen = to.size, .msg_iov = &bytes, .msg_iovlen = 1};
  sendmsg(fd, &message, MSG_NOSIGNAL);
  if (greeting(fd) == 'F') reached("%s", what);
  close(fd);
}

int main(void) {
  attack(new_socket(AF_INET, SOCK_STREAM), forbidden4(), "a name on a fresh TCP socket");
  attack(permitted_connection(), forbidden4(), "a name on a connected TCP socket");
  place path = path_at(setting("FORBIDDEN_STREAM")), packets = path_at(setting("FORBIDDEN_SEQPACKET"));
  attack(new_socket(AF_UNIX, SOCK_STREAM), path, "a name on a Unix stream socket");
  attack(new_socket(AF_UNIX, SOCK_SEQPACKET), packets, "a name on a Unix seqpacket socket");
  contained("names lead nowhere");
}
