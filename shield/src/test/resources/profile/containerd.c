// Runs a command as a container's runtime does by default (Kubernetes' RuntimeDefault on containerd,
// less what only newer versions of it allow): the kernel's settings read-only, a seccomp filter
// without pidfd_getfd, process_vm_*, namespaces and mounts, and root with the fourteen capabilities
// that Docker leaves it.
// Usage: containerd command [argument]...
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, action)
#define FAIL(error) ANSWER(SECCOMP_RET_ERRNO | (error))
#define REFUSE(call, error)                                                                        \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), FAIL(error)

#define NAMESPACES 0x7e020000

static struct sock_filter code[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    ANSWER(SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
    REFUSE(SYS_pidfd_getfd, EPERM),
    REFUSE(SYS_process_vm_readv, EPERM),
    REFUSE(SYS_process_vm_writev, EPERM),
    REFUSE(SYS_process_madvise, EPERM),
    REFUSE(SYS_ptrace, EPERM),
    REFUSE(SYS_kcmp, EPERM),
    REFUSE(SYS_unshare, EPERM),
    REFUSE(SYS_setns, EPERM),
    REFUSE(SYS_mount, EPERM),
    REFUSE(SYS_umount2, EPERM),
    REFUSE(SYS_pivot_root, EPERM),
    REFUSE(SYS_open_tree, EPERM),
    REFUSE(SYS_move_mount, EPERM),
    REFUSE(SYS_fsopen, EPERM),
    REFUSE(SYS_fsconfig, EPERM),
    REFUSE(SYS_fsmount, EPERM),
    REFUSE(SYS_fspick, EPERM),
    REFUSE(SYS_mount_setattr, EPERM),
    REFUSE(SYS_bpf, EPERM),
    REFUSE(SYS_perf_event_open, EPERM),
    REFUSE(SYS_userfaultfd, EPERM),
    REFUSE(SYS_add_key, EPERM),
    REFUSE(SYS_request_key, EPERM),
    REFUSE(SYS_keyctl, EPERM),
    REFUSE(SYS_open_by_handle_at, EPERM),
    REFUSE(SYS_io_uring_setup, EPERM),
    REFUSE(SYS_io_uring_enter, EPERM),
    REFUSE(SYS_io_uring_register, EPERM),
    REFUSE(SYS_clone3, ENOSYS),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
    LOAD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, NAMESPACES, 0, 4),
    FAIL(EPERM),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 2),
    LOAD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_VSOCK, 1, 0),
    ANSWER(SECCOMP_RET_ALLOW),
    FAIL(EPERM),
};

// What the runtime specification calls read-only paths.
static int settings_are_read_only(void) {
  const char *places[] = {"/sys",     "/proc/sys", "/proc/sysrq-trigger",
                          "/proc/irq", "/proc/bus", "/proc/fs"};
  struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
  if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)) return 0;
  for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
    if (access(places[i], F_OK)) continue;
    if (mount(places[i], places[i], NULL, MS_BIND | MS_REC, NULL) ||
        syscall(SYS_mount_setattr, AT_FDCWD, places[i], AT_RECURSIVE, &read_only, sizeof read_only))
      return 0;
  }
  return 1;
}

static void limit_capabilities(void) {
  const unsigned long kept = 1UL << CAP_CHOWN | 1UL << CAP_DAC_OVERRIDE | 1UL << CAP_FSETID |
                             1UL << CAP_FOWNER | 1UL << CAP_MKNOD | 1UL << CAP_NET_RAW |
                             1UL << CAP_SETGID | 1UL << CAP_SETUID | 1UL << CAP_SETFCAP |
                             1UL << CAP_SETPCAP | 1UL << CAP_NET_BIND_SERVICE |
                             1UL << CAP_SYS_CHROOT | 1UL << CAP_KILL | 1UL << CAP_AUDIT_WRITE;
  for (int capability = 0; capability < 64; capability++) {
    if (!(kept & 1UL << capability)) prctl(PR_CAPBSET_DROP, capability);
  }
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  if (!settings_are_read_only()) {
    perror("containerd: the kernel's settings");
    return 3;
  }
  struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    perror("containerd: the filter");
    return 3;
  }
  limit_capabilities();
  execvp(argv[1], argv + 1);
  perror(argv[1]);
  return 3;
}
