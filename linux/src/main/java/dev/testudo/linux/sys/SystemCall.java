package dev.testudo.linux.sys;

import java.util.Locale;
import java.util.OptionalInt;

/// System calls with their numbers on x86-64 and aarch64 (`asm/unistd_64.h`,
/// `asm-generic/unistd.h`). The number is -1 where the architecture lacks the call.
public enum SystemCall {
  READ(0, 63),
  WRITE(1, 64),
  OPEN(2, -1),
  CLOSE(3, 57),
  STAT(4, -1),
  LSTAT(6, -1),
  MMAP(9, 222),
  MUNMAP(11, 215),
  RT_SIGPROCMASK(14, 135),
  IOCTL(16, 29),
  PREAD64(17, 67),
  PWRITE64(18, 68),
  ACCESS(21, -1),
  GETPID(39, 172),
  SOCKET(41, 198),
  CONNECT(42, 203),
  ACCEPT(43, 202),
  SENDTO(44, 206),
  RECVFROM(45, 207),
  SENDMSG(46, 211),
  RECVMSG(47, 212),
  SHUTDOWN(48, 210),
  BIND(49, 200),
  LISTEN(50, 201),
  GETSOCKNAME(51, 204),
  GETPEERNAME(52, 205),
  SOCKETPAIR(53, 199),
  SETSOCKOPT(54, 208),
  GETSOCKOPT(55, 209),
  CLONE(56, 220),
  FORK(57, -1),
  VFORK(58, -1),
  EXECVE(59, 221),
  WAIT4(61, 260),
  KILL(62, 129),
  FCNTL(72, 25),
  TRUNCATE(76, 45),
  FTRUNCATE(77, 46),
  GETDENTS(78, -1),
  GETCWD(79, 17),
  CHDIR(80, 49),
  FCHDIR(81, 50),
  RENAME(82, -1),
  MKDIR(83, -1),
  RMDIR(84, -1),
  CREAT(85, -1),
  LINK(86, -1),
  UNLINK(87, -1),
  SYMLINK(88, -1),
  READLINK(89, -1),
  CHMOD(90, -1),
  FCHMOD(91, 52),
  CHOWN(92, -1),
  FCHOWN(93, 55),
  LCHOWN(94, -1),
  UMASK(95, 166),
  PTRACE(101, 117),
  SETGROUPS(116, 159),
  SETRESUID(117, 147),
  SETRESGID(119, 149),
  CAPGET(125, 90),
  CAPSET(126, 91),
  UTIME(132, -1),
  MKNOD(133, -1),
  STATFS(137, 43),
  MLOCK(149, 228),
  PIVOT_ROOT(155, 41),
  PRCTL(157, 167),
  CHROOT(161, 51),
  SYNC(162, 81),
  MOUNT(165, 40),
  UMOUNT2(166, 39),
  REBOOT(169, 142),
  IOPL(172, -1),
  IOPERM(173, -1),
  INIT_MODULE(175, 105),
  DELETE_MODULE(176, 106),
  GETTID(186, 178),
  SETXATTR(188, 5),
  LSETXATTR(189, 6),
  GETXATTR(191, 8),
  LGETXATTR(192, 9),
  LISTXATTR(194, 11),
  LLISTXATTR(195, 12),
  REMOVEXATTR(197, 14),
  LREMOVEXATTR(198, 15),
  GETDENTS64(217, 61),
  EPOLL_CTL(233, 21),
  TGKILL(234, 131),
  UTIMES(235, -1),
  KEXEC_LOAD(246, 104),
  WAITID(247, 95),
  ADD_KEY(248, 217),
  REQUEST_KEY(249, 218),
  KEYCTL(250, 219),
  OPENAT(257, 56),
  MKDIRAT(258, 34),
  MKNODAT(259, 33),
  FCHOWNAT(260, 54),
  FUTIMESAT(261, -1),
  NEWFSTATAT(262, 79),
  UNLINKAT(263, 35),
  RENAMEAT(264, 38),
  LINKAT(265, 37),
  SYMLINKAT(266, 36),
  READLINKAT(267, 78),
  FCHMODAT(268, 53),
  FACCESSAT(269, 48),
  PPOLL(271, 73),
  UNSHARE(272, 97),
  UTIMENSAT(280, 88),
  EPOLL_PWAIT(281, 22),
  FALLOCATE(285, 47),
  ACCEPT4(288, 242),
  EVENTFD2(290, 19),
  EPOLL_CREATE1(291, 20),
  DUP3(292, 24),
  PIPE2(293, 59),
  PERF_EVENT_OPEN(298, 241),
  PRLIMIT64(302, 261),
  NAME_TO_HANDLE_AT(303, 264),
  OPEN_BY_HANDLE_AT(304, 265),
  SENDMMSG(307, 269),
  SETNS(308, 268),
  PROCESS_VM_READV(310, 270),
  PROCESS_VM_WRITEV(311, 271),
  KCMP(312, 272),
  FINIT_MODULE(313, 273),
  RENAMEAT2(316, 276),
  SECCOMP(317, 277),
  MEMFD_CREATE(319, 279),
  KEXEC_FILE_LOAD(320, 294),
  BPF(321, 280),
  EXECVEAT(322, 281),
  USERFAULTFD(323, 282),
  STATX(332, 291),
  PIDFD_SEND_SIGNAL(424, 424),
  IO_URING_SETUP(425, 425),
  IO_URING_ENTER(426, 426),
  IO_URING_REGISTER(427, 427),
  OPEN_TREE(428, 428),
  MOVE_MOUNT(429, 429),
  FSOPEN(430, 430),
  FSCONFIG(431, 431),
  FSMOUNT(432, 432),
  FSPICK(433, 433),
  PIDFD_OPEN(434, 434),
  CLONE3(435, 435),
  CLOSE_RANGE(436, 436),
  OPENAT2(437, 437),
  PIDFD_GETFD(438, 438),
  FACCESSAT2(439, 439),
  PROCESS_MADVISE(440, 440),
  MOUNT_SETATTR(442, 442),
  LANDLOCK_CREATE_RULESET(444, 444),
  LANDLOCK_ADD_RULE(445, 445),
  LANDLOCK_RESTRICT_SELF(446, 446),
  FCHMODAT2(452, 452),
  SETXATTRAT(463, 463),
  GETXATTRAT(464, 464),
  LISTXATTRAT(465, 465),
  REMOVEXATTRAT(466, 466),
  OPEN_TREE_ATTR(467, 467),
  FILE_GETATTR(468, 468),
  FILE_SETATTR(469, 469);

  private final int x86;
  private final int arm;
  private final int here;

  SystemCall(int x86, int arm) {
    this.x86 = x86;
    this.arm = arm;
    this.here = Architecture.current().equals(Architecture.X86_64) ? x86 : arm;
  }

  /// Returns the number on `architecture`, or empty if the call does not exist there.
  public OptionalInt number(Architecture architecture) {
    int number = architecture.equals(Architecture.X86_64) ? x86 : arm;
    return number < 0 ? OptionalInt.empty() : OptionalInt.of(number);
  }

  /// Returns the name of the call with this number on this machine, or `call` and the number if it
  /// is not listed here.
  public static String name(int number) {
    for (var call : values()) {
      if (call.here == number) {
        return call.name().toLowerCase(Locale.ROOT);
      }
    }
    return "call " + number;
  }

  /// Returns the number on this machine, or -1 if the call does not exist.
  int here() {
    return here;
  }
}
