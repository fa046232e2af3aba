// row:    N10
// tries:  results are written beyond the buffer given, into read-only memory, or where another thread moves the length
// shield: the supervisor writes only to the out-pointers of the call, up to a length that it reads once; otherwise the program gets EFAULT
// native: contained: the kernel does not write beyond the buffer
#include "escape.h"

static volatile int over;
static socklen_t length;

static void *grows(void *unused) {
  (void)unused;
  while (!over) *(volatile socklen_t *)&length = 4, *(volatile socklen_t *)&length = 4096;
  return NULL;
}

static void check_guard(const unsigned char *bytes, size_t from, size_t to, const char *what) {
  for (size_t i = from; i < to; i++) {
    if (bytes[i] != 0xa5) granted("%s wrote at offset %zu", what, i);
  }
}

// A file that we may read and not write, as memory: whoever writes for us must not be able to.
static void check_file(int fd) {
  char path[200], before[4096] = {0}, after[4096];
  snprintf(path, sizeof path, "%.80s/file", setting("SCRATCH"));
  int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (write(file, before, sizeof before) != sizeof before) untried("%s", path);
  close(file);
  file = open(path, O_RDONLY);
  for (int flags = MAP_SHARED; flags <= MAP_PRIVATE; flags++) {
    void *page = mmap(NULL, sizeof before, PROT_READ, flags, file, 0);
    socklen_t size = 16;
    getsockname(fd, page, &size);
    if (pread(file, after, sizeof after, 0) != sizeof after || memcmp(before, after, sizeof after))
      granted("a write to a file opened for reading");
  }
}

int main(void) {
  int fd = permitted_connection();
  unsigned char bytes[8192];
  for (socklen_t size = 0; size < 20; size++) {
    memset(bytes, 0xa5, sizeof bytes);
    socklen_t told = size;
    if (getpeername(fd, (struct sockaddr *)bytes, &told) < 0) untried("getpeername");
    check_guard(bytes, size < 16 ? size : 16, 200, "getpeername");
    if (told != 16) granted("getpeername tells the length %u", told);
  }
  check_file(fd);
  pthread_t thread = start_thread(grows, NULL);
  for (long end = race_end() - 300; milliseconds() < end;) {
    memset(bytes, 0xa5, 256);
    getsockname(fd, (struct sockaddr *)bytes, &length);
    check_guard(bytes, 16, 256, "getsockname");
  }
  over = 1;
  pthread_join(thread, NULL);
  contained("nothing beyond the buffers");
}
