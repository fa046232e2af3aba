// row:    T1
// tries:  `sendmsg` and `sendmmsg` with MSG_FASTOPEN
// shield: the filter answers EOPNOTSUPP
// native: reached
#include "escape.h"

int main(void) {
  place to = forbidden4();
  struct iovec bytes = {"x", 1};
  struct mmsghdr message = {.msg_hdr = {.msg_name = &to.v4,
                                        .msg_namelen = to.size,
                                        .msg_iov = &bytes,
                                        .msg_iovlen = 1}};
  int fd = new_socket(AF_INET, SOCK_STREAM);
  judge(fd, sendmmsg(fd, &message, 1, MSG_FASTOPEN | MSG_NOSIGNAL), "sendmmsg with MSG_FASTOPEN");
  close(fd);
  fd = new_socket(AF_INET, SOCK_STREAM);
  judge(fd, sendmsg(fd, &message.msg_hdr, MSG_FASTOPEN | MSG_NOSIGNAL), "sendmsg with MSG_FASTOPEN");
  contained("no connection by sendmsg");
}
