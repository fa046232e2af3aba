// row:    T14
// tries:  listens, in another process, on a bound socket passed by SCM_RIGHTS
// shield: the socket is asked, not the process that made it
// native: granted
#include "escape.h"

// Passes a descriptor through a pair of our own, and takes it at the other end.
static int passed(int fd) {
  int pair[2];
  char byte = 'x', room[CMSG_SPACE(sizeof fd)] = {0};
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) untried("socketpair: %s", strerror(errno));
  struct iovec bytes = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  *head = (struct cmsghdr){CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS};
  memcpy(CMSG_DATA(head), &fd, sizeof fd);
  if (sendmsg(pair[0], &message, 0) != 1) untried("sendmsg: %s", strerror(errno));
  if (recvmsg(pair[1], &message, 0) != 1) untried("recvmsg: %s", strerror(errno));
  memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
  return fd;
}

static int socket_;

static void attack(void) {
  int fd = passed(socket_);
  close(socket_);
  if (listen(fd, 8) == 0 && listening(fd)) granted("listen on a passed socket");
}

int main(void) {
  place at = v4_at("127.0.0.1", 0);
  socket_ = new_socket(AF_INET, SOCK_STREAM);
  if (bind(socket_, &at.any, at.size) < 0) contained("bind: %s", strerror(errno));
  attempt(attack, "listen");
  contained("listen on a passed socket: refused");
}
