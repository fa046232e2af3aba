// row:    N1
// tries:  addresses that end beyond their page, are at address 0, or are in the kernel
// shield: EFAULT, as without the shield
// native: contained: the kernel reads the whole address or nothing
#include "escape.h"

static void attack(const void *at, socklen_t size) {
  int fd = new_socket(AF_INET, SOCK_STREAM);
  errno = 0;
  int result = connect(fd, at, size);
  judge(fd, result, "connect with an unreadable address");
  if (result < 0 && errno != EFAULT && errno != EINVAL) granted("connect: %s", strerror(errno));
  close(fd);
}

int main(void) {
  char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(pages + 4096, 4096);
  place to = forbidden4();
  for (int shown = 1; shown < 16; shown++) {
    memcpy(pages + 4096 - shown, &to.v4, shown);
    attack(pages + 4096 - shown, to.size);
  }
  attack(NULL, to.size);
  attack((void *)-4096L, to.size);
  attack((void *)0xffffffff81000000UL, to.size);
  contained("unreadable addresses lead nowhere");
}
