package dev.testudo.shield.supervisor;

import static dev.testudo.linux.sys.Errno.EACCES;
import static dev.testudo.linux.sys.Errno.ECONNREFUSED;
import static dev.testudo.linux.sys.Errno.EINVAL;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.UnixPath;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.policy.shield.Listen;
import dev.testudo.shield.rule.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// connect(2) and bind(2) of Unix sockets. The rules are asked with the spelling of the path; the
/// kernel then acts on what lies there in the program's own view and with the program's own ids.
final class UnixCalls {
  private static final int MAX_BOUND_NAMES = 1024;

  private final Context context;

  /// Name in the kernel of a socket the program bound, to the bytes the program named it by.
  private final Map<String, byte[]> boundNames =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
          return size() > MAX_BOUND_NAMES;
        }
      };

  UnixCalls(Context context) {
    this.context = context;
  }

  Answer connect(StoppedCall call, ProgramSocket socket, byte[] raw) throws ErrnoException {
    return switch (SocketAddress.decode(raw)) {
      case UnixPath(var path) -> connectToPath(call, socket, UnixPaths.absolute(call.tid(), path));
      case SocketAddress.UnixAbstract(var name) ->
          mayConnect("@" + name)
              ? perform(call, socket, fd -> Sockets.connect(fd, raw), () -> {})
              : new Answer.Failure(EACCES);
      case SocketAddress.Unspecified _ -> Answer.ofErrno(Sockets.connect(socket.fd(), raw));
      case SocketAddress.UnixUnnamed _, SocketAddress.Inet _, SocketAddress.Other _ ->
          new Answer.Failure(EINVAL);
    };
  }

  Answer bind(StoppedCall call, ProgramSocket socket, byte[] raw) throws ErrnoException {
    return switch (SocketAddress.decode(raw)) {
      case UnixPath(var path) ->
          bindToPath(call, socket, raw, UnixPaths.absolute(call.tid(), path));
      case SocketAddress.UnixAbstract(var name) -> bindAbstractly(socket, raw, "@" + name);
      // The kernel then chooses an abstract name.
      case SocketAddress.UnixUnnamed _ -> bindAbstractly(socket, raw, "@");
      case SocketAddress.Unspecified _, SocketAddress.Inet _, SocketAddress.Other _ ->
          new Answer.Failure(EINVAL);
    };
  }

  /// The name by which the program knows a socket that the kernel knows by `raw`.
  byte[] shownName(byte[] raw) {
    return SocketAddress.decode(raw) instanceof UnixPath(var path)
        ? boundNames.getOrDefault(path, raw)
        : raw;
  }

  private Answer connectToPath(StoppedCall call, ProgramSocket socket, String path)
      throws ErrnoException {
    if (!mayConnect(path)) {
      return new Answer.Failure(EACCES);
    }
    var credentials = Credentials.of(call.tid());
    try (var root = UnixPaths.root(call.tid())) {
      call.confirm();
      var target = credentials.performWithIds(() -> UnixPaths.resolve(root, path));
      if ((Files.mode(target) & Files.S_IFMT) != Files.S_IFSOCK) {
        target.close();
        return new Answer.Failure(ECONNREFUSED);
      }
      var name = new UnixPath(UnixPaths.through(target));
      return perform(
          call,
          socket,
          fd -> asProgram(credentials, () -> Sockets.connect(fd, name)),
          target::close);
    }
  }

  private static int asProgram(Credentials credentials, Credentials.Action<Integer> connect) {
    try {
      return credentials.performWithIds(connect);
    } catch (ErrnoException e) {
      return e.errno();
    }
  }

  /// A blocking connect waits while the listener's queue is full.
  private Answer perform(
      StoppedCall call,
      ProgramSocket socket,
      java.util.function.ToIntFunction<Fd> connect,
      Runnable after)
      throws ErrnoException {
    if (!socket.isNonBlocking()) {
      return BlockingConnect.start(context, call, socket, connect, after);
    }
    var answer = Answer.ofErrno(connect.applyAsInt(socket.fd()));
    after.run();
    return answer;
  }

  private boolean mayConnect(String name) {
    var verdict = context.decisions().connect(name);
    if (verdict instanceof Verdict.Refused<?> refused) {
      context.refused("connect", "unix:" + name, refused);
    }
    if (verdict instanceof Verdict.Plain<?> plain) {
      context.passed("connect", new UnixPath(name), plain);
    }
    return verdict instanceof Verdict.Plain<?>;
  }

  private boolean mayBind(String name) {
    var verdict = context.decisions().listen(new Listen.UnixPath(name));
    if (verdict instanceof Verdict.Refused<?> refused) {
      context.refused("bind", "unix:" + name, refused);
    }
    if (verdict instanceof Verdict.Plain<?> plain) {
      context.passed("bind", new UnixPath(name), plain);
    }
    return verdict instanceof Verdict.Plain<?>;
  }

  private Answer bindAbstractly(ProgramSocket socket, byte[] raw, String name) {
    return mayBind(name)
        ? Answer.ofErrno(Sockets.bind(socket.fd(), raw))
        : new Answer.Failure(EACCES);
  }

  private Answer bindToPath(StoppedCall call, ProgramSocket socket, byte[] raw, String path)
      throws ErrnoException {
    if (!mayBind(path)) {
      return new Answer.Failure(EACCES);
    }
    int slash = path.lastIndexOf('/');
    var folder = slash == 0 ? "/" : path.substring(0, slash);
    var credentials = Credentials.of(call.tid());
    Optional<Fd> directory = Optional.empty();
    try (var root = UnixPaths.root(call.tid())) {
      call.confirm();
      directory = Optional.of(credentials.perform(() -> UnixPaths.resolve(root, folder)));
      var name = UnixPaths.through(directory.get()) + path.substring(slash);
      credentials.perform(
          () -> {
            Sockets.bind(socket.fd(), new UnixPath(name));
            return name;
          });
      // The kernel keeps the name it was told; the program is to see its own.
      boundNames.put(name, raw);
      context.table().obtain(socket).boundPath = Optional.of(raw);
      return Answer.SUCCESS;
    } finally {
      directory.ifPresent(Fd::close);
    }
  }
}
