package dev.testudo.shield.filter;

import static dev.testudo.linux.sys.Errno.EACCES;
import static dev.testudo.linux.sys.Errno.EAFNOSUPPORT;
import static dev.testudo.linux.sys.Errno.ENOPROTOOPT;
import static dev.testudo.linux.sys.Errno.ENOSYS;
import static dev.testudo.linux.sys.Errno.EOPNOTSUPP;
import static dev.testudo.linux.sys.Errno.EPERM;
import static dev.testudo.linux.sys.Errno.EPROTONOSUPPORT;

import dev.testudo.linux.seccomp.FilterProgram;
import dev.testudo.linux.seccomp.FilterProgram.Action;
import dev.testudo.linux.seccomp.FilterProgram.Assembler;
import dev.testudo.linux.seccomp.FilterProgram.Label;
import dev.testudo.linux.sys.Architecture;
import dev.testudo.linux.sys.SystemCall;
import dev.testudo.shield.option.CarriedOption;
import java.util.Arrays;
import java.util.List;

/// Builds the seccomp filter of a shielded program.
///
/// The filter decides everything that can be told from registers. Only calls whose meaning depends
/// on memory or on the state of a socket go to the supervisor. Reads, writes and polls are never
/// suspended: their verdict depends on the call number alone, and the kernel caches it.
public final class ShieldFilter {
  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int AF_NETLINK = 16;
  private static final int AF_SMC = 43;
  private static final int SOCK_TYPE_MASK = 0xf;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_SEQPACKET = 5;
  private static final int NETLINK_ROUTE = 0;
  private static final int IPPROTO_TCP = 6;
  private static final int IPPROTO_SMC = 256;
  private static final int IPPROTO_MPTCP = 262;
  private static final int MSG_FASTOPEN = 0x2000_0000;

  private static final int SOL_IP = 0;
  private static final int SOL_SOCKET = 1;
  private static final int SOL_IPV6 = 41;
  private static final int SOL_TLS = 282;
  private static final int SO_ERROR = 4;
  private static final int SO_PEERCRED = 17;
  private static final int SO_PEERNAME = 28;
  private static final int SO_PEERGROUPS = 59;
  private static final int SO_PEERPIDFD = 77;
  private static final int SO_BINDTODEVICE = 25;
  private static final int SO_BINDTOIFINDEX = 62;
  private static final int IP_OPTIONS = 4;
  private static final int IP_TRANSPARENT = 19;
  private static final int IPV6_2292PKTOPTIONS = 6;
  private static final int IPV6_RTHDR = 57;
  private static final int IPV6_TRANSPARENT = 75;
  private static final int TCP_DEFER_ACCEPT = 9;
  private static final int TCP_REPAIR = 19;
  private static final int TCP_FASTOPEN_CONNECT = 30;
  private static final int TCP_ULP = 31;

  /// `TCP_MD5SIG`, `TCP_MD5SIG_EXT`, `TCP_AO_ADD_KEY`, `TCP_AO_DEL_KEY`, `TCP_AO_INFO`,
  /// `TCP_AO_REPAIR`.
  private static final List<Integer> SIGNATURES = List.of(14, 32, 38, 39, 40, 42);

  private static final int SHUT_WR = 1;

  /// `CLONE_NEWNS|NEWCGROUP|NEWUTS|NEWIPC|NEWUSER|NEWPID|NEWNET`.
  private static final int NAMESPACES = 0x7e02_0000;

  /// `CLONE_NEWTIME`, for unshare(2) only. In clone(2) these bits hold the exit signal.
  private static final int TIME_NAMESPACE = 0x80;

  private static final int PR_SET_DUMPABLE = 4;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int AT_FDCWD = -100;

  private static final Action ALLOW = new Action.Allow();
  private static final Action NOTIFY = new Action.Notify();

  /// Calls that the supervisor performs.
  private static final List<SystemCall> MEDIATED =
      List.of(
          SystemCall.CONNECT,
          SystemCall.BIND,
          SystemCall.LISTEN,
          SystemCall.ACCEPT,
          SystemCall.ACCEPT4,
          SystemCall.GETSOCKNAME,
          SystemCall.GETPEERNAME);

  /// Calls answered with `ENOSYS`. Their operations bypass every filter, or their flags are in
  /// memory. Libraries expect kernels without them and fall back.
  private static final List<SystemCall> ABSENT =
      List.of(
          SystemCall.IO_URING_SETUP,
          SystemCall.IO_URING_ENTER,
          SystemCall.IO_URING_REGISTER,
          SystemCall.CLONE3);

  /// Calls answered with `EPERM`. They reach into other processes, which may be outside the filter;
  /// they change what a path means between the supervisor's check and its use; or only system
  /// software needs them.
  private static final List<SystemCall> FORBIDDEN =
      List.of(
          SystemCall.PTRACE,
          SystemCall.PROCESS_VM_READV,
          SystemCall.PROCESS_VM_WRITEV,
          SystemCall.PIDFD_GETFD,
          SystemCall.PROCESS_MADVISE,
          SystemCall.KCMP,
          SystemCall.SETNS,
          SystemCall.MOUNT,
          SystemCall.UMOUNT2,
          SystemCall.PIVOT_ROOT,
          SystemCall.OPEN_TREE,
          SystemCall.OPEN_TREE_ATTR,
          SystemCall.MOVE_MOUNT,
          SystemCall.FSOPEN,
          SystemCall.FSCONFIG,
          SystemCall.FSMOUNT,
          SystemCall.FSPICK,
          SystemCall.MOUNT_SETATTR,
          SystemCall.BPF,
          SystemCall.PERF_EVENT_OPEN,
          SystemCall.USERFAULTFD,
          SystemCall.ADD_KEY,
          SystemCall.REQUEST_KEY,
          SystemCall.KEYCTL,
          SystemCall.OPEN_BY_HANDLE_AT,
          SystemCall.KEXEC_LOAD,
          SystemCall.KEXEC_FILE_LOAD,
          SystemCall.INIT_MODULE,
          SystemCall.FINIT_MODULE,
          SystemCall.DELETE_MODULE,
          SystemCall.IOPL,
          SystemCall.IOPERM);

  /// What the filter depends on besides the architecture.
  ///
  /// @param unsupportedProtocols whether sockets that the shield cannot protect (UDP, raw and so
  ///     on) are allowed
  /// @param staysInspectable whether `PR_SET_DUMPABLE` to 0 returns success without effect; without
  ///     privileges the supervisor could no longer reach the program's sockets
  /// @param suppliesSockets whether allowed socket(2) calls go to the supervisor
  /// @param protects whether any rule is protected; if so, calls that affect the relay's sockets
  ///     between the program and its peers go to the supervisor
  /// @param injectsFiles whether calls that name files go to the supervisor
  public record Options(
      boolean unsupportedProtocols,
      boolean staysInspectable,
      boolean suppliesSockets,
      boolean protects,
      boolean injectsFiles) {}

  private final Assembler code = new Assembler();
  private final Architecture architecture;
  private final Options options;
  private final Label allow = code.label();
  private final Label ask = code.label();
  private final Label absent = code.label();
  private final Label forbidden = code.label();

  private ShieldFilter(Architecture architecture, Options options) {
    this.architecture = architecture;
    this.options = options;
  }

  /// Returns the filter program for `architecture`.
  public static FilterProgram build(Architecture architecture, Options options) {
    return new ShieldFilter(architecture, options).build();
  }

  private FilterProgram build() {
    checkArchitecture();
    // The data path first.
    refuseFastOpen(SystemCall.SENDTO, 3);
    refuseFastOpen(SystemCall.SENDMSG, 2);
    refuseFastOpen(SystemCall.SENDMMSG, 3);
    decideGetsockopt();
    MEDIATED.forEach(call -> onCall(call, ask));
    decideSetsockopt();
    decideShutdown();
    decideSocket(SystemCall.SOCKET, options.suppliesSockets() ? ask : allow);
    decideSocket(SystemCall.SOCKETPAIR, allow);
    refuseFlags(SystemCall.CLONE, NAMESPACES);
    refuseFlags(SystemCall.UNSHARE, NAMESPACES | TIME_NAMESPACE);
    decidePrctl();
    decidePrlimit();
    if (options.injectsFiles()) {
      decideFiles();
    }
    ABSENT.forEach(call -> onCall(call, absent));
    FORBIDDEN.forEach(call -> onCall(call, forbidden));
    code.place(allow).answer(ALLOW);
    code.place(ask).answer(NOTIFY);
    code.place(absent).answer(FilterProgram.error(ENOSYS));
    code.place(forbidden).answer(FilterProgram.error(EPERM));
    return code.assemble();
  }

  /// Checks the architecture before anything else, because system call numbers have a meaning only
  /// within one architecture. x32 numbers have bit 30 set, so they are above the highest known
  /// number too.
  private void checkArchitecture() {
    var ours = code.label();
    code.load(FilterProgram.ARCH).ifEqual(architecture.auditArch(), ours);
    code.answer(new Action.KillProcess()).place(ours);
    code.load(FilterProgram.NUMBER).ifGreater(architecture.highestCall(), absent);
  }

  /// Refuses `MSG_FASTOPEN`, which connects without connect(2).
  private void refuseFastOpen(SystemCall call, int flagsArgument) {
    var refused = code.label();
    inCall(
        call,
        () -> {
          code.loadInt(flagsArgument).ifAnyBit(MSG_FASTOPEN, refused).answer(ALLOW);
          code.place(refused).answer(FilterProgram.error(EOPNOTSUPP));
        });
  }

  private void decideGetsockopt() {
    inCall(
        SystemCall.GETSOCKOPT,
        () -> {
          var socketLevel = code.label();
          code.loadInt(1).ifEqual(SOL_SOCKET, socketLevel).answer(ALLOW).place(socketLevel);
          code.loadInt(2).ifEqual(SO_ERROR, ask).ifEqual(SO_PEERNAME, ask);
          code.ifEqual(SO_PEERCRED, ask).ifEqual(SO_PEERGROUPS, ask).ifEqual(SO_PEERPIDFD, ask);
          if (options.protects()) {
            code.ifEqual(SO_BINDTODEVICE, ask).ifEqual(SO_BINDTOIFINDEX, ask);
          }
          code.answer(ALLOW);
        });
  }

  private void decideSetsockopt() {
    inCall(
        SystemCall.SETSOCKOPT,
        () -> {
          code.loadInt(1).ifEqual(SOL_TLS, forbidden);
          var tcp = code.label();
          var ip = code.label();
          var ipv6 = code.label();
          code.ifEqual(IPPROTO_TCP, tcp).ifEqual(SOL_IP, ip).ifEqual(SOL_IPV6, ipv6);
          decideSocketOption();
          var route = code.label();
          code.place(ip).loadInt(2).ifEqual(IP_TRANSPARENT, forbidden);
          code.ifEqual(IP_OPTIONS, route);
          askWhereCarried(SOL_IP).answer(ALLOW);
          code.place(ipv6).loadInt(2).ifEqual(IPV6_TRANSPARENT, forbidden);
          code.ifEqual(IPV6_RTHDR, route).ifEqual(IPV6_2292PKTOPTIONS, route);
          askWhereCarried(SOL_IPV6).answer(ALLOW);
          decideSourceRoute(route);
          decideTcpOption(tcp);
        });
  }

  /// Decides what remains once the level is none of the others.
  private void decideSocketOption() {
    if (options.protects()) {
      var socket = code.label();
      code.ifEqual(SOL_SOCKET, socket).answer(ALLOW).place(socket).loadInt(2);
      askWhereCarried(SOL_SOCKET).ifEqual(SO_BINDTODEVICE, ask).ifEqual(SO_BINDTOIFINDEX, ask);
    }
    code.answer(ALLOW);
  }

  /// Asks the supervisor about the carried options of `level`. The option number is loaded.
  private Assembler askWhereCarried(int level) {
    if (options.protects()) {
      Arrays.stream(CarriedOption.values())
          .filter(option -> option.level() == level)
          .forEach(option -> code.ifEqual(option.number(), ask));
    }
    return code;
  }

  /// Asks the supervisor about shutdown(2). `SHUT_WR` is allowed: it ends a connection's output and
  /// has no effect on a listener.
  private void decideShutdown() {
    if (options.protects()) {
      inCall(SystemCall.SHUTDOWN, () -> code.loadInt(1).ifEqual(SHUT_WR, allow).jump(ask));
    }
  }

  /// Decides on source routes. A source route (RFC 791, RFC 8754) sends packets for the permitted
  /// address through another host, and it is stored in memory. An option of length 0 removes the
  /// route and is allowed.
  private void decideSourceRoute(Label route) {
    code.place(route).loadInt(4).ifEqual(0, allow).jump(forbidden);
  }

  /// Decides TCP options:
  ///
  /// - `TCP_REPAIR` declares a socket connected without a handshake.
  /// - An upper layer protocol (`TCP_ULP`) or a deferred SYN (`TCP_FASTOPEN_CONNECT`) would come
  ///   between the program and the relay.
  /// - `TCP_DEFER_ACCEPT` is a hint, and is ignored. It would hide the relay's connections from the
  ///   program when the program is the first to speak.
  /// - Segment signatures are meant for the peer, which the program's own segments do not reach.
  ///   TLS authenticates more.
  private void decideTcpOption(Label tcp) {
    var unsupported = code.label();
    var pretended = code.label();
    code.place(tcp).loadInt(2).ifEqual(TCP_REPAIR, forbidden);
    code.ifEqual(TCP_ULP, unsupported).ifEqual(TCP_FASTOPEN_CONNECT, unsupported);
    code.ifEqual(TCP_DEFER_ACCEPT, pretended);
    if (options.protects()) {
      SIGNATURES.forEach(option -> code.ifEqual(option, unsupported));
    }
    askWhereCarried(IPPROTO_TCP).answer(ALLOW);
    code.place(unsupported).answer(FilterProgram.error(ENOPROTOOPT));
    code.place(pretended).answer(FilterProgram.error(0));
  }

  /// Decides socket(2) and socketpair(2). Family, type and protocol are in registers.
  private void decideSocket(SystemCall call, Label granted) {
    inCall(
        call,
        () -> {
          var unix = code.label();
          var inet = code.label();
          var netlink = code.label();
          var other = code.label();
          var smc = code.label();
          code.loadInt(0).ifEqual(AF_UNIX, unix).ifEqual(AF_INET, inet).ifEqual(AF_INET6, inet);
          code.ifEqual(AF_NETLINK, netlink).ifEqual(AF_SMC, smc).jump(other);
          code.place(unix).loadInt(1).mask(SOCK_TYPE_MASK);
          // An end of a datagram pair can be re-addressed to any path without connect(2).
          code.ifEqual(SOCK_STREAM, granted).ifEqual(SOCK_SEQPACKET, granted).jump(other);
          // Routing information, which getifaddrs(3) needs.
          code.place(netlink).loadInt(2).ifEqual(NETLINK_ROUTE, granted).jump(other);
          // SMC carries TCP traffic that the rules would not see.
          code.place(smc).answer(FilterProgram.error(EAFNOSUPPORT));
          decideInet(inet, other, granted);
          code.place(other);
          if (options.unsupportedProtocols()) {
            code.jump(granted);
          } else {
            code.answer(FilterProgram.error(EACCES));
          }
        });
  }

  private void decideInet(Label inet, Label other, Label granted) {
    var tcpByAnotherName = code.label();
    var stream = code.label();
    code.place(inet).loadInt(2).ifEqual(IPPROTO_MPTCP, tcpByAnotherName);
    code.ifEqual(IPPROTO_SMC, tcpByAnotherName);
    code.loadInt(1).mask(SOCK_TYPE_MASK).ifEqual(SOCK_STREAM, stream).jump(other);
    code.place(stream).loadInt(2).ifEqual(0, granted).ifEqual(IPPROTO_TCP, granted).jump(other);
    // Runtimes fall back to TCP on this error.
    code.place(tcpByAnotherName).answer(FilterProgram.error(EPROTONOSUPPORT));
  }

  private void refuseFlags(SystemCall call, int flags) {
    inCall(call, () -> code.loadInt(0).ifAnyBit(flags, forbidden).answer(ALLOW));
  }

  private void decidePrctl() {
    if (!options.staysInspectable()) {
      return;
    }
    inCall(
        SystemCall.PRCTL,
        () -> {
          var dumpable = code.label();
          var pretended = code.label();
          code.loadInt(0).ifEqual(PR_SET_DUMPABLE, dumpable).answer(ALLOW).place(dumpable);
          code.loadInt(1).ifEqual(0, pretended).answer(ALLOW).place(pretended);
          code.answer(FilterProgram.error(0));
        });
  }

  /// Allows prlimit(2) for the calling process only. A program could otherwise lower the descriptor
  /// limit of a supervisor of the same user, which would then refuse everything.
  private void decidePrlimit() {
    inCall(SystemCall.PRLIMIT64, () -> code.loadInt(0).ifEqual(0, allow).jump(forbidden));
  }

  /// Asks the supervisor about every call that names a file. A changed root would give all paths
  /// another meaning, so the program cannot change it.
  private void decideFiles() {
    decideStatus(SystemCall.NEWFSTATAT, 3);
    decideStatus(SystemCall.STATX, 2);
    FileCallList.ASKED.forEach(call -> onCall(call, ask));
    FileCallList.ABSENT.forEach(call -> onCall(call, absent));
    onCall(SystemCall.CHROOT, forbidden);
  }

  /// Asks about a status call unless it is fstat(3) in another form: with `AT_EMPTY_PATH` and a
  /// descriptor, it is about the descriptor.
  private void decideStatus(SystemCall call, int flagsArgument) {
    inCall(
        call,
        () -> {
          var descriptor = code.label();
          code.loadInt(flagsArgument).ifAnyBit(AT_EMPTY_PATH, descriptor).jump(ask);
          code.place(descriptor).loadInt(0).ifEqual(AT_FDCWD, ask).jump(allow);
        });
  }

  private void onCall(SystemCall call, Label target) {
    call.number(architecture).ifPresent(number -> code.ifEqual(number, target));
  }

  /// Emits `body` for `call`. The call number is loaded before and after; `body` must end with
  /// an answer.
  private void inCall(SystemCall call, Runnable body) {
    var here = code.label();
    var next = code.label();
    onCall(call, here);
    code.jump(next).place(here);
    body.run();
    code.place(next);
  }
}
