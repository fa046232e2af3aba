// row:    T13
// tries:  write, writev, send, splice, sendfile and vmsplice on a socket that is not connected
// shield: the calls are native: none of them connects
// native: contained: the kernel answers EPIPE or ENOTCONN
#include "escape.h"
#include <sys/sendfile.h>
#include <sys/uio.h>

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  int fd = new_socket(AF_INET, SOCK_STREAM), pipes[2];
  place at = v4_at("127.0.0.1", 0);
  struct iovec bytes = {"x", 1};
  if (pipe(pipes) < 0 || write(pipes[1], "xy", 2) != 2) untried("pipe");
  int file = open("/proc/self/exe", O_RDONLY);
  bind(fd, &at.any, at.size);
  if (write(fd, "x", 1) > 0 || writev(fd, &bytes, 1) > 0 || send(fd, "x", 1, 0) > 0 ||
      splice(pipes[0], NULL, fd, NULL, 1, 0) > 0 || sendfile(fd, file, NULL, 1) > 0 ||
      tee(pipes[0], fd, 1, 0) > 0)
    granted("a byte into an unconnected socket");
  contained("%s", strerror(errno));
}
