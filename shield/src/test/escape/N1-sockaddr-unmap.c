// row:    N1
// tries:  a second thread unmaps and maps the page of the address, to force the error path
// shield: a failed read is EFAULT; the call is never allowed
// native: reached
#include "escape.h"

static char *page;
static int memory;
static volatile int over;

// The address lies in a file of memory, so that it is whole whenever the page is there.
static void *map(void *at, int flags) {
  return mmap(at, 4096, PROT_READ, MAP_SHARED | flags, memory, 0);
}

static void *unmap(void *unused) {
  (void)unused;
  while (!over) {
    map(page, MAP_FIXED);
    munmap(page, 4096);
    mmap(page, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  }
  return NULL;
}

int main(void) {
  place to = forbidden4();
  memory = memfd_create("address", 0);
  if (ftruncate(memory, 4096) < 0 || write(memory, &to.v4, to.size) != (ssize_t)to.size)
    untried("memfd: %s", strerror(errno));
  page = map(NULL, 0);
  pthread_t thread = start_thread(unmap, NULL);
  int faults = 0;
  for (long end = race_end(); milliseconds() < end;) {
    int fd = new_socket(AF_INET, SOCK_STREAM);
    int result = connect(fd, (struct sockaddr *)page, sizeof(struct sockaddr_in));
    faults += result < 0 && errno == EFAULT;
    judge(fd, result, "connect, the address unmapped meanwhile");
    close(fd);
  }
  over = 1;
  pthread_join(thread, NULL);
  contained("%d times EFAULT, otherwise refused", faults);
}
