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

/// The seccomp filter of a shielded program.
///
/// It decides everything that registers can tell; only calls whose meaning lies in memory or in the
/// state of a socket go to the supervisor. Reading, writing and polling are never stopped: their
/// verdict depends on the call's number alone, which the kernel caches.
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

  /// `CLONE_NEWTIME`, for unshare(2) only: clone(2) has its exit signal there.
  private static final int TIME_NAMESPACE = 0x80;

  private static final int PR_SET_DUMPABLE = 4;

  private static final Action ALLOW = new Action.Allow();
  private static final Action NOTIFY = new Action.Notify();

  /// Calls the supervisor performs.
  private static final List<SystemCall> MEDIATED =
      List.of(
          SystemCall.CONNECT,
          SystemCall.BIND,
          SystemCall.LISTEN,
          SystemCall.ACCEPT,
          SystemCall.ACCEPT4,
          SystemCall.GETSOCKNAME,
          SystemCall.GETPEERNAME);

  /// Their operations bypass every filter, or hide their flags in memory. Libraries know kernels
  /// without them and fall back.
  private static final List<SystemCall> ABSENT =
      List.of(
          SystemCall.IO_URING_SETUP,
          SystemCall.IO_URING_ENTER,
          SystemCall.IO_URING_REGISTER,
          SystemCall.CLONE3);

  /// Reaching into other processes, which might be outside the cage; changing what a path means
  /// between our look and our act; and what only system software needs.
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
  /// @param unsupportedProtocols whether sockets the shield cannot protect (UDP, raw and so on)
  ///     exist
  /// @param staysInspectable answer the program's wish to be undumpable with a success that
  ///     changes nothing: without privileges the supervisor could not reach its sockets any more
  /// @param suppliesSockets ask about socket(2) wherever it is allowed
  /// @param protects whether there is a protected rule: ask about what bears on sockets of ours
  ///     that stand between the program and its peers
  public record Options(
      boolean unsupportedProtocols,
      boolean staysInspectable,
      boolean suppliesSockets,
      boolean protects) {}

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

  /// The program for `architecture`.
  public static FilterProgram build(Architecture architecture, Options options) {
    return new ShieldFilter(architecture, options).build();
  }

  private FilterProgram build() {
    checkArchitecture();
    // Data path first.
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
    ABSENT.forEach(call -> onCall(call, absent));
    FORBIDDEN.forEach(call -> onCall(call, forbidden));
    code.place(allow).answer(ALLOW);
    code.place(ask).answer(NOTIFY);
    code.place(absent).answer(FilterProgram.error(ENOSYS));
    code.place(forbidden).answer(FilterProgram.error(EPERM));
    return code.assemble();
  }

  /// System call numbers mean something for one architecture only, so this comes before everything
  /// else. x32 numbers have bit 30 set and so lie above the highest known one too.
  private void checkArchitecture() {
    var ours = code.label();
    code.load(FilterProgram.ARCH).ifEqual(architecture.auditArch(), ours);
    code.answer(new Action.KillProcess()).place(ours);
    code.load(FilterProgram.NUMBER).ifGreater(architecture.highestCall(), absent);
  }

  /// `MSG_FASTOPEN` connects without connect(2).
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

  /// What remains when the level is none of the others.
  private void decideSocketOption() {
    if (options.protects()) {
      var socket = code.label();
      code.ifEqual(SOL_SOCKET, socket).answer(ALLOW).place(socket).loadInt(2);
      askWhereCarried(SOL_SOCKET).ifEqual(SO_BINDTODEVICE, ask).ifEqual(SO_BINDTOIFINDEX, ask);
    }
    code.answer(ALLOW);
  }

  /// The option is loaded.
  private Assembler askWhereCarried(int level) {
    if (options.protects()) {
      Arrays.stream(CarriedOption.values())
          .filter(option -> option.level() == level)
          .forEach(option -> code.ifEqual(option.number(), ask));
    }
    return code;
  }

  /// Only to send no more, which is how connections end, says nothing to a listener.
  private void decideShutdown() {
    if (options.protects()) {
      inCall(SystemCall.SHUTDOWN, () -> code.loadInt(1).ifEqual(SHUT_WR, allow).jump(ask));
    }
  }

  /// A source route sends what is for the permitted address to another host first (RFC 791, RFC
  /// 8754), and it lies in memory. An option of no length takes away what is there.
  private void decideSourceRoute(Label route) {
    code.place(route).loadInt(4).ifEqual(0, allow).jump(forbidden);
  }

  /// A repaired socket is connected by declaration; an upper layer protocol or a deferred SYN would
  /// get between the program and the relay. Deferred accepting is a hint; it would keep our
  /// connections, on which the peer may speak second, from the program. Signed segments are for
  /// the peer, whom the program's own do not reach; and TLS authenticates more.
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

  /// socket(2) and socketpair(2): family, type and protocol are registers.
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
          // One end of a datagram pair can be re-addressed to any path without connect(2).
          code.ifEqual(SOCK_STREAM, granted).ifEqual(SOCK_SEQPACKET, granted).jump(other);
          // Routing information: what getifaddrs(3) needs.
          code.place(netlink).loadInt(2).ifEqual(NETLINK_ROUTE, granted).jump(other);
          // TCP by another name: it would carry what the rules are about past them.
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
    // The error on which runtimes fall back to TCP.
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

  /// Limits of oneself only: a program could take the descriptors from a supervisor of its own
  /// user, which then refuses everything.
  private void decidePrlimit() {
    inCall(SystemCall.PRLIMIT64, () -> code.loadInt(0).ifEqual(0, allow).jump(forbidden));
  }

  private void onCall(SystemCall call, Label target) {
    call.number(architecture).ifPresent(number -> code.ifEqual(number, target));
  }

  /// The number is loaded before and after `body`; `body` ends with an answer.
  private void inCall(SystemCall call, Runnable body) {
    var here = code.label();
    var next = code.label();
    onCall(call, here);
    code.jump(next).place(here);
    body.run();
    code.place(next);
  }
}
