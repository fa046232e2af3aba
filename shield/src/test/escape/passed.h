// What the rows about passed descriptors share.
#ifndef PASSED_H
#define PASSED_H
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

#endif
