// row:    A1
// tries:  io_uring connects a socket and sends, which no system call filter sees
// shield: ENOSYS for the three calls, so that libraries fall back
// native: reached
#include "escape.h"
#include <linux/io_uring.h>

static struct io_uring_params params;
static char *submissions, *completions;
static struct io_uring_sqe *entries;

// Runs one operation and returns its result.
static int run(int ring, struct io_uring_sqe operation) {
  unsigned *tail = (unsigned *)(submissions + params.sq_off.tail);
  unsigned mask = *(unsigned *)(submissions + params.sq_off.ring_mask);
  unsigned *array = (unsigned *)(submissions + params.sq_off.array);
  unsigned slot = *tail & mask;
  entries[slot] = operation;
  array[slot] = slot;
  __atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
  if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0) return -errno;
  unsigned *head = (unsigned *)(completions + params.cq_off.head);
  struct io_uring_cqe *done = (struct io_uring_cqe *)(completions + params.cq_off.cqes);
  int result = done[*head & *(unsigned *)(completions + params.cq_off.ring_mask)].res;
  __atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
  return result;
}

static void *map(int ring, size_t size, off_t offset) {
  void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, offset);
  if (at == MAP_FAILED) untried("mmap of the ring: %s", strerror(errno));
  return at;
}

int main(void) {
  int ring = syscall(SYS_io_uring_setup, 4, &params);
  if (ring < 0) {
    // A ring that somebody passed on would do as well.
    if (syscall(SYS_io_uring_enter, -1, 0, 0, 0, NULL, 0) < 0 && errno != ENOSYS)
      granted("io_uring_enter: %s", strerror(errno));
    if (syscall(SYS_io_uring_register, -1, 0, NULL, 0) < 0 && errno != ENOSYS)
      granted("io_uring_register: %s", strerror(errno));
    contained("io_uring is not there");
  }
  submissions = map(ring, params.sq_off.array + params.sq_entries * 4, IORING_OFF_SQ_RING);
  completions = map(ring, params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe),
                    IORING_OFF_CQ_RING);
  entries = map(ring, params.sq_entries * sizeof *entries, IORING_OFF_SQES);
  struct io_uring_sqe make = {.opcode = IORING_OP_SOCKET, .fd = AF_INET, .off = SOCK_STREAM};
  int fd = run(ring, make);
  if (fd < 0) fd = new_socket(AF_INET, SOCK_STREAM);
  place to = forbidden4();
  struct io_uring_sqe call = {
      .opcode = IORING_OP_CONNECT, .fd = fd, .addr = (uintptr_t)&to.v4, .off = to.size};
  int result = run(ring, call);
  if (result == 0) judge(fd, 0, "IORING_OP_CONNECT to the forbidden TCP listener");
  granted("a ring; connecting with it: %s", strerror(-result));
}
