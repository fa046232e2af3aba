package dev.testudo.shield.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.sys.Architecture;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.SystemCall;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShieldFilterTest {
  private static final int ALLOW = 0x7fff_0000;
  private static final int NOTIFY = 0x7fc0_0000;
  private static final int KILL = 0x8000_0000;
  private static final long HIGH = 0xdead_beef_0000_0000L;

  private record Machine(Architecture architecture, BpfMachine machine) {
    int run(SystemCall call, long... arguments) {
      int number = call.number(architecture).orElseThrow();
      return machine.run(architecture.auditArch(), number, arguments);
    }
  }

  static Stream<Architecture> architectures() {
    return Stream.of(Architecture.X86_64, Architecture.AARCH64);
  }

  private static Machine strict(Architecture architecture) {
    return machine(architecture, new ShieldFilter.Options(false, true, false, false, false));
  }

  private static Machine machine(Architecture architecture, ShieldFilter.Options options) {
    return new Machine(architecture, new BpfMachine(ShieldFilter.build(architecture, options)));
  }

  private static int error(int errno) {
    return 0x0005_0000 | errno;
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void anotherArchitectureKills(Architecture architecture) {
    var filter = strict(architecture);
    int i386 = 0x4000_0003;
    int arm = 0x4000_0028;
    int other =
        architecture.equals(Architecture.X86_64)
            ? Architecture.AARCH64.auditArch()
            : Architecture.X86_64.auditArch();
    for (int arch : List.of(i386, arm, other, 0)) {
      for (int number = 0; number < 500; number++) {
        assertEquals(KILL, filter.machine.run(arch, number));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void unknownNumbersDoNotExist(Architecture architecture) {
    var filter = strict(architecture);
    int arch = architecture.auditArch();
    var numbers = List.of(architecture.highestCall() + 1, 512, 547, 0x4000_0029, 0x7fff_ffff, -1);
    for (int number : numbers) {
      assertEquals(error(Errno.ENOSYS), filter.machine.run(arch, number), "number " + number);
    }
    assertEquals(ALLOW, filter.machine.run(arch, architecture.highestCall()));
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void socketCallsAreAskedAboutAndDataCallsNever(Architecture architecture) {
    var filter = strict(architecture);
    for (var call :
        List.of(
            SystemCall.CONNECT,
            SystemCall.BIND,
            SystemCall.LISTEN,
            SystemCall.ACCEPT,
            SystemCall.ACCEPT4,
            SystemCall.GETSOCKNAME,
            SystemCall.GETPEERNAME)) {
      assertEquals(NOTIFY, filter.run(call), call.name());
    }
    for (var call :
        List.of(
            SystemCall.READ,
            SystemCall.WRITE,
            SystemCall.CLOSE,
            SystemCall.RECVFROM,
            SystemCall.RECVMSG,
            SystemCall.SHUTDOWN,
            SystemCall.FCNTL,
            SystemCall.IOCTL,
            SystemCall.EPOLL_CTL,
            SystemCall.EPOLL_PWAIT,
            SystemCall.EXECVE,
            SystemCall.CLOSE_RANGE,
            SystemCall.OPENAT)) {
      assertEquals(ALLOW, filter.run(call, -1, -1, -1, -1, -1, -1), call.name());
    }
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void onlyTheSocketsErrorIsAskedAboutAmongOptions(Architecture architecture) {
    var filter = strict(architecture);
    assertEquals(NOTIFY, filter.run(SystemCall.GETSOCKOPT, 3, 1, 4));
    assertEquals(NOTIFY, filter.run(SystemCall.GETSOCKOPT, 3, HIGH | 1, HIGH | 4));
    for (int option : new int[] {17, 28, 59, 77}) {
      assertEquals(NOTIFY, filter.run(SystemCall.GETSOCKOPT, 3, 1, option));
    }
    assertEquals(ALLOW, filter.run(SystemCall.GETSOCKOPT, 3, 1, 3));
    assertEquals(ALLOW, filter.run(SystemCall.GETSOCKOPT, 3, 6, 4));
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void fastOpenIsNoWayToConnect(Architecture architecture) {
    var filter = strict(architecture);
    long flag = HIGH | 0x2000_0000;
    assertEquals(error(Errno.EOPNOTSUPP), filter.run(SystemCall.SENDTO, 3, 0, 0, flag));
    assertEquals(error(Errno.EOPNOTSUPP), filter.run(SystemCall.SENDMSG, 3, 0, flag));
    assertEquals(error(Errno.EOPNOTSUPP), filter.run(SystemCall.SENDMMSG, 3, 0, 0, flag));
    assertEquals(ALLOW, filter.run(SystemCall.SENDTO, 3, 0, 0, HIGH | 0x4000));
    assertEquals(ALLOW, filter.run(SystemCall.SENDMSG, 3, 0x2000_0000, 0));
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void fileCallsAreAskedAboutOnlyWithInjectedFiles(Architecture architecture) {
    var without = strict(architecture);
    var with =
        machine(architecture, new ShieldFilter.Options(false, true, false, false, true)).machine;
    for (var call : FileCallList.ASKED) {
      var number = call.number(architecture);
      if (number.isPresent()) {
        assertEquals(ALLOW, without.run(call), call.name());
        assertEquals(NOTIFY, with.run(architecture.auditArch(), number.getAsInt()), call.name());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void statusByPathIsAskedAboutAndByDescriptorNot(Architecture architecture) {
    var filter = machine(architecture, new ShieldFilter.Options(false, true, false, false, true));
    long here = HIGH | 0xffff_ff9cL;
    long empty = HIGH | 0x1000;
    assertEquals(NOTIFY, filter.run(SystemCall.NEWFSTATAT, here, 0, 0, 0));
    assertEquals(NOTIFY, filter.run(SystemCall.NEWFSTATAT, 3, 0, 0, 0x100));
    assertEquals(NOTIFY, filter.run(SystemCall.NEWFSTATAT, here, 0, 0, empty));
    assertEquals(ALLOW, filter.run(SystemCall.NEWFSTATAT, 3, 0, 0, empty));
    assertEquals(NOTIFY, filter.run(SystemCall.STATX, here, 0, 0, 0));
    assertEquals(ALLOW, filter.run(SystemCall.STATX, 3, 0, empty, 0));
    assertEquals(ALLOW, filter.run(SystemCall.READ, 3, 0, 0));
    assertEquals(error(Errno.EPERM), filter.run(SystemCall.CHROOT, 0));
  }

  /// Compares every family, type and protocol with the rule, written once more in plain form.
  @ParameterizedTest
  @MethodSource("architectures")
  void socketsExistByFamilyTypeAndProtocolAlone(Architecture architecture) {
    for (boolean unsupported : new boolean[] {false, true}) {
      var filter =
          machine(architecture, new ShieldFilter.Options(unsupported, false, false, false, false));
      for (int family = 0; family < 64; family++) {
        for (int type = 0; type < 16; type++) {
          for (int protocol : new int[] {0, 1, 6, 12, 17, 132, 136, 255, 256, 262}) {
            int expected = expectedSocket(family, type, protocol, unsupported);
            long flags = HIGH | 0x80800;
            assertEquals(
                expected,
                filter.run(SystemCall.SOCKET, HIGH | family, flags | type, HIGH | protocol),
                family + "/" + type + "/" + protocol);
          }
        }
      }
    }
  }

  private static int expectedSocket(int family, int type, int protocol, boolean unsupported) {
    boolean inet = family == 2 || family == 10;
    if (family == 43) {
      return error(Errno.EAFNOSUPPORT);
    }
    if (inet && (protocol == 256 || protocol == 262)) {
      return error(Errno.EPROTONOSUPPORT);
    }
    boolean tcp = inet && type == 1 && (protocol == 0 || protocol == 6);
    boolean unix = family == 1 && (type == 1 || type == 5);
    boolean routes = family == 16 && protocol == 0;
    return tcp || unix || routes || unsupported ? ALLOW : error(Errno.EACCES);
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void optionsThatChangeWhatASocketIsAreRefused(Architecture architecture) {
    var filter = strict(architecture);
    assertEquals(error(Errno.EPERM), filter.run(SystemCall.SETSOCKOPT, 3, HIGH | 6, HIGH | 19));
    assertEquals(error(Errno.ENOPROTOOPT), filter.run(SystemCall.SETSOCKOPT, 3, 6, 31));
    assertEquals(error(Errno.ENOPROTOOPT), filter.run(SystemCall.SETSOCKOPT, 3, 6, 30));
    assertEquals(error(Errno.EPERM), filter.run(SystemCall.SETSOCKOPT, 3, 282, 1));
    assertEquals(error(Errno.EPERM), filter.run(SystemCall.SETSOCKOPT, 3, 0, 19));
    assertEquals(error(Errno.EPERM), filter.run(SystemCall.SETSOCKOPT, 3, 41, 75));
    assertEquals(error(0), filter.run(SystemCall.SETSOCKOPT, 3, 6, 9));
    assertEquals(ALLOW, filter.run(SystemCall.SETSOCKOPT, 3, 6, 1));
    assertEquals(ALLOW, filter.run(SystemCall.SETSOCKOPT, 3, 1, 19));
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void aSourceRouteIsTakenAwayButNeverSet(Architecture architecture) {
    var filter = strict(architecture);
    for (var option : List.of(List.of(0, 4), List.of(41, 57), List.of(41, 6))) {
      long level = HIGH | option.getFirst();
      long name = HIGH | option.getLast();
      assertEquals(error(Errno.EPERM), filter.run(SystemCall.SETSOCKOPT, 3, level, name, 1, 8));
      assertEquals(ALLOW, filter.run(SystemCall.SETSOCKOPT, 3, level, name, 0, HIGH));
    }
    assertEquals(ALLOW, filter.run(SystemCall.SETSOCKOPT, 3, 0, 57, 1, 8));
    assertEquals(ALLOW, filter.run(SystemCall.SETSOCKOPT, 3, 0, 6, 1, 8));
    assertEquals(ALLOW, filter.run(SystemCall.SETSOCKOPT, 3, 41, 4, 1, 8));
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void namespacesAreRefusedAndPlainForksAreNot(Architecture architecture) {
    var filter = strict(architecture);
    int sigchld = 17;
    assertEquals(ALLOW, filter.run(SystemCall.CLONE, sigchld));
    assertEquals(ALLOW, filter.run(SystemCall.CLONE, 0x3d0f00));
    assertEquals(ALLOW, filter.run(SystemCall.UNSHARE, 0x400));
    for (int flag : new int[] {17, 25, 26, 27, 28, 29, 30}) {
      long value = HIGH | 1L << flag | sigchld;
      assertEquals(error(Errno.EPERM), filter.run(SystemCall.CLONE, value), "bit " + flag);
      assertEquals(error(Errno.EPERM), filter.run(SystemCall.UNSHARE, value & ~sigchld));
    }
    assertEquals(error(Errno.EPERM), filter.run(SystemCall.UNSHARE, 0x80));
    assertEquals(error(Errno.ENOSYS), filter.run(SystemCall.CLONE3));
    assertEquals(error(Errno.EPERM), filter.run(SystemCall.SETNS));
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void aProgramStaysInspectableOnlyWhereItMust(Architecture architecture) {
    var loose = machine(architecture, new ShieldFilter.Options(false, false, false, false, false));
    var filter = strict(architecture);
    assertEquals(error(0), filter.run(SystemCall.PRCTL, HIGH | 4, HIGH));
    assertEquals(ALLOW, filter.run(SystemCall.PRCTL, 4, 1));
    assertEquals(ALLOW, filter.run(SystemCall.PRCTL, 38, 0));
    assertEquals(ALLOW, loose.run(SystemCall.PRCTL, 4, 0));
  }

  private static final Map<Integer, List<String>> TREATMENT =
      Map.of(
          NOTIFY,
          List.of("CONNECT", "BIND", "LISTEN", "ACCEPT", "ACCEPT4", "GETSOCKNAME", "GETPEERNAME"),
          error(Errno.ENOSYS),
          List.of("IO_URING_SETUP", "IO_URING_ENTER", "IO_URING_REGISTER", "CLONE3"),
          error(Errno.EPERM),
          List.of(
              "PTRACE PROCESS_VM_READV PROCESS_VM_WRITEV PIDFD_GETFD PROCESS_MADVISE KCMP",
              "SETNS MOUNT UMOUNT2 PIVOT_ROOT OPEN_TREE OPEN_TREE_ATTR MOVE_MOUNT MOUNT_SETATTR",
              "FSOPEN FSCONFIG FSMOUNT FSPICK OPEN_BY_HANDLE_AT",
              "BPF PERF_EVENT_OPEN USERFAULTFD ADD_KEY REQUEST_KEY KEYCTL IOPL IOPERM",
              "KEXEC_LOAD KEXEC_FILE_LOAD INIT_MODULE FINIT_MODULE DELETE_MODULE"));

  /// Checks every number up to the highest known one, without arguments: the listed calls by name,
  /// while all others are allowed.
  @ParameterizedTest
  @MethodSource("architectures")
  void everyNumberHasItsTreatment(Architecture architecture) {
    var filter = strict(architecture);
    var expected = new HashMap<Integer, Integer>();
    TREATMENT.forEach(
        (answer, lines) ->
            Stream.of(String.join(" ", lines).split(" "))
                .map(name -> SystemCall.valueOf(name).number(architecture))
                .forEach(number -> number.ifPresent(it -> expected.put(it, answer))));
    // AF_UNSPEC counts as an unsupported protocol.
    for (var call : List.of(SystemCall.SOCKET, SystemCall.SOCKETPAIR)) {
      expected.put(call.number(architecture).orElseThrow(), error(Errno.EACCES));
    }
    for (int number = 0; number <= architecture.highestCall(); number++) {
      int answer = filter.machine.run(architecture.auditArch(), number);
      assertEquals(expected.getOrDefault(number, ALLOW), answer, "number " + number);
    }
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void theFilterIsShortEnoughToRunOnEveryCall(Architecture architecture) {
    var program =
        ShieldFilter.build(
            architecture, new ShieldFilter.Options(false, true, false, false, false));
    assertTrue(program.size() < 400, "instructions: " + program.size());
    assertNotEquals(0, program.size());
  }
}
