// What the filter decides. Argument: allowed port; the agent's process id.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int failures;

static void expect(const char *what, long result, int error) {
  int got = result < 0 ? errno : 0;
  if (got != error) {
    printf("%s: expected %d (%s), got %d (%s)\n", what, error, strerror(error), got, strerror(got));
    failures++;
  }
  if (result > 2) close(result);
  errno = 0;
}

#define EXPECT(call, error) expect(#call, call, error)
#define HIGH (1L << 32)

int main(int argc, char **argv) {
  int agent = atoi(argv[2]), pair[2];
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr = {htonl(INADDR_LOOPBACK)}};

  EXPECT(socket(AF_INET, SOCK_STREAM, 0), 0);
  EXPECT(socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP), 0);
  EXPECT(socket(AF_UNIX, SOCK_STREAM, 0), 0);
  EXPECT(socket(AF_UNIX, SOCK_SEQPACKET, 0), 0);
  EXPECT(socket(AF_NETLINK, SOCK_RAW, 0), 0);
  EXPECT(socket(AF_INET, SOCK_DGRAM, 0), EACCES);
  EXPECT(socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP), EACCES);
  EXPECT(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), EACCES);
  EXPECT(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP), EACCES);
  EXPECT(socket(AF_PACKET, SOCK_RAW, 0), EACCES);
  EXPECT(socket(AF_INET, SOCK_STREAM, 132), EACCES);
  EXPECT(socket(AF_VSOCK, SOCK_STREAM, 0), EACCES);
  EXPECT(socket(AF_UNIX, SOCK_DGRAM, 0), EACCES);
  EXPECT(socket(AF_UNIX, SOCK_RAW, 0), EACCES);
  EXPECT(socket(AF_NETLINK, SOCK_RAW, 12), EACCES);
  EXPECT(socket(AF_ALG, SOCK_SEQPACKET, 0), EACCES);
  EXPECT(socket(AF_INET, SOCK_STREAM, 262), EPROTONOSUPPORT);
  EXPECT(socket(AF_INET, SOCK_STREAM, 256), EPROTONOSUPPORT);
  EXPECT(socket(43, SOCK_STREAM, 0), EAFNOSUPPORT);
  EXPECT(socket(AF_INET, SOCK_STREAM | 0x10, 0), EINVAL);
  // The kernel looks at the low half of each argument only; so must the filter.
  EXPECT(syscall(SYS_socket, AF_INET | HIGH, SOCK_STREAM | 5 * HIGH, HIGH), 0);
  EXPECT(syscall(SYS_socket, AF_INET | HIGH, SOCK_DGRAM | HIGH, 0), EACCES);
  EXPECT(syscall(SYS_socket, AF_INET, SOCK_STREAM, 262 | HIGH), EPROTONOSUPPORT);
  EXPECT(syscall(SYS_socket, AF_PACKET | HIGH, SOCK_RAW, 0), EACCES);

  EXPECT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  EXPECT(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
  EXPECT(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), EACCES);

  int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  EXPECT(sendto(s, "x", 1, MSG_FASTOPEN, (void *)&to, sizeof to), EOPNOTSUPP);
  EXPECT(syscall(SYS_sendto, s, "x", 1, MSG_FASTOPEN | HIGH, &to, sizeof to), EOPNOTSUPP);
  struct iovec part = {"x", 1};
  struct msghdr message = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &part, .msg_iovlen = 1};
  struct mmsghdr messages = {message, 0};
  EXPECT(sendmsg(s, &message, MSG_FASTOPEN), EOPNOTSUPP);
  EXPECT(sendmmsg(s, &messages, 1, MSG_FASTOPEN), EOPNOTSUPP);
  EXPECT(sendto(s, "x", 1, MSG_NOSIGNAL, (void *)&to, sizeof to), EPIPE);
  EXPECT(setsockopt(s, IPPROTO_TCP, TCP_REPAIR, &one, sizeof one), EPERM);
  EXPECT(setsockopt(s, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &one, sizeof one), ENOPROTOOPT);
  EXPECT(setsockopt(s, IPPROTO_TCP, TCP_ULP, "tls", 3), ENOPROTOOPT);
  EXPECT(setsockopt(s, 282, 1, &one, sizeof one), EPERM);
  EXPECT(setsockopt(s, IPPROTO_IP, 19, &one, sizeof one), EPERM);
  const char loose[] = {131 - 256, 7, 4, 127, 0, 0, 1, 1};
  EXPECT(setsockopt(s, IPPROTO_IP, 4, loose, sizeof loose), EPERM);
  EXPECT(setsockopt(s, IPPROTO_IP, 4, loose, 0), 0);
  EXPECT(setsockopt(s, IPPROTO_TCP, TCP_DEFER_ACCEPT, &one, sizeof one), 0);
  EXPECT(setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), 0);
  close(s);

  EXPECT(syscall(SYS_clone3, 0, 0), ENOSYS);
  EXPECT(syscall(425, 1, 0), ENOSYS);
  EXPECT(syscall(426, 1, 0), ENOSYS);
  EXPECT(syscall(427, 1, 0), ENOSYS);
  EXPECT(syscall(470, 0), ENOSYS);
  EXPECT(syscall(512 + 1, 0), ENOSYS);
  EXPECT(unshare(CLONE_NEWNET), EPERM);
  EXPECT(unshare(CLONE_NEWUSER), EPERM);
  EXPECT(unshare(CLONE_NEWNS), EPERM);
  EXPECT(syscall(SYS_clone, CLONE_NEWNET | SIGCHLD, 0, 0, 0, 0), EPERM);
  EXPECT(setns(0, 0), EPERM);
  EXPECT(ptrace(PTRACE_TRACEME, 0, 0, 0), EPERM);
  EXPECT(ptrace(PTRACE_SEIZE, agent, 0, 0), EPERM);
  EXPECT(process_vm_readv(agent, 0, 0, 0, 0, 0), EPERM);
  EXPECT(process_vm_writev(agent, 0, 0, 0, 0, 0), EPERM);
  EXPECT(syscall(SYS_pidfd_getfd, 0, 0, 0), EPERM);
  EXPECT(syscall(SYS_bpf, 0, 0, 0), EPERM);
  EXPECT(syscall(SYS_mount, "a", "/", "tmpfs", 0, 0), EPERM);
  EXPECT(syscall(467, AT_FDCWD, "/", 0, 0, 0), EPERM);
  EXPECT(syscall(SYS_userfaultfd, 0), EPERM);
  EXPECT(syscall(SYS_keyctl, 0), EPERM);

  // What takes a capability that the program has not, whatever the agent has.
  struct timex none = {.modes = ADJ_SETOFFSET};
  EXPECT(adjtimex(&none), EPERM);
  struct sockaddr_nl listeners = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
  EXPECT(connect(socket(AF_NETLINK, SOCK_RAW, 0), (void *)&listeners, sizeof listeners), EPERM);

  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", agent);
  EXPECT(open(path, O_RDONLY), EACCES);
  snprintf(path, sizeof path, "/proc/%d/environ", agent);
  EXPECT(open(path, O_RDONLY), EACCES);
#ifdef __x86_64__
  EXPECT(syscall(0x40000000 + 41, AF_INET, SOCK_DGRAM, 0), ENOSYS);
  // 32-bit calls: socketcall hides everything behind one number.
  int child = fork(), status;
  if (child == 0) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(102), "b"(1), "c"(0));
    _exit(0);
  }
  waitpid(child, &status, 0);
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS) {
    printf("int 0x80: status %x\n", status);
    failures++;
  }
#endif
  puts(failures ? "failed" : "done");
  return failures != 0;
}
