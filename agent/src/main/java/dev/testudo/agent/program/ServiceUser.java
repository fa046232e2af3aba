package dev.testudo.agent.program;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.agent.view.ContainerFiles;
import dev.testudo.agent.view.ProgramFiles;
import dev.testudo.linux.process.Capabilities;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.UserIds;
import dev.testudo.policy.shield.Listen;
import dev.testudo.policy.shield.ServerRule;
import dev.testudo.policy.shield.ShieldRules;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// The user of a service's program. Under root it is a user of its own, which owns nothing on the
/// machine. Otherwise it is the user of the agent, because no other is possible.
public final class ServiceUser {
  /// The first of 2^20 ids for services that are started without `--user`. `testudo up` uses ids
  /// below it. systemd lists all of them as unused.
  static final int FIRST = 0x7fe0_0000;

  private static final int RANGE_MASK = 0xf_ffff;

  /// The first port that any user may bind on most machines.
  private static final int FIRST_FREE_PORT = 1024;

  private static final Set<Integer> OVER_FILES =
      Set.of(
          Capabilities.CHOWN, Capabilities.DAC_OVERRIDE, Capabilities.FOWNER, Capabilities.FSETID);

  private static final int WRITABLE_BY_GROUP = 0620;

  private ServiceUser() {}

  /// Returns the ids for the program of `service`.
  ///
  /// @param chosen the value of `--user`
  public static UserIds of(String service, Optional<UserIds> chosen) throws ErrnoException {
    var own = UserIds.own();
    return chosen.orElseGet(() -> own.uid() == 0 ? byName(service) : own);
  }

  /// Returns ids derived from the service's name, which are the same on every machine.
  private static UserIds byName(String service) {
    var hash = sha256(service);
    var number = ByteBuffer.wrap(hash).getInt();
    var id = FIRST + (number & RANGE_MASK);
    return new UserIds(id, id);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// Returns the capabilities that the program may have, as far as the agent has them: the one to
  /// listen on a low port if a rule has one, and for root in a container those over files, because
  /// volumes can belong to other users. It cannot change its user, because the shield could not
  /// read the memory of its programs then.
  static Set<Integer> capabilities(ShieldRules rules, ProgramFiles files, UserIds user) {
    var kept = new HashSet<Integer>();
    if (rules.servers().stream().anyMatch(ServiceUser::isLow)) {
      kept.add(Capabilities.NET_BIND_SERVICE);
    }
    if (files instanceof ContainerFiles && user.uid() == 0) {
      kept.addAll(OVER_FILES);
    }
    return kept;
  }

  private static boolean isLow(ServerRule rule) {
    return rule.listen() instanceof Listen.Tcp(var port) && port < FIRST_FREE_PORT;
  }

  /// Lets the program reopen its output by name (`/dev/stdout`), which the kernel allows only to
  /// users who may write the pipe. Only the agent's user may read it, and with it the agent's
  /// own messages.
  static void openOutputs(UserIds user) throws ErrnoException {
    if (UserIds.own().uid() != 0) {
      return;
    }
    for (var number = 1; number <= 2; number++) {
      openPipe("/proc/self/fd/" + number, user);
    }
  }

  private static void openPipe(String path, UserIds user) throws ErrnoException {
    try (var pipe = Files.open(path, Files.O_WRONLY | Files.O_NONBLOCK)) {
      if (isPipe(pipe)) {
        Files.setOwner(pipe, -1, user.gid());
        Files.setMode(pipe, WRITABLE_BY_GROUP);
      }
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENXIO && e.errno() != Errno.EACCES) {
        throw e;
      }
      // It is closed, a socket, or without a reader, so the program cannot miss it.
    }
  }

  private static boolean isPipe(Fd fd) throws ErrnoException {
    return (Files.mode(fd) & Files.S_IFMT) == Files.S_IFIFO;
  }
}
