package dev.testudo.shield.supervisor;

import static dev.testudo.linux.sys.Errno.EACCES;
import static dev.testudo.linux.sys.Errno.EAGAIN;
import static dev.testudo.linux.sys.Errno.EALREADY;
import static dev.testudo.linux.sys.Errno.ECONNREFUSED;
import static dev.testudo.linux.sys.Errno.EINVAL;
import static dev.testudo.linux.sys.Errno.EISCONN;
import static dev.testudo.linux.sys.Errno.EPROTOTYPE;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.UnixPath;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.policy.shield.Listen;
import dev.testudo.shield.name.NameService;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.rule.Verdict;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/// connect(2) and bind(2) of Unix sockets. The rules are asked with the spelling of the path; the
/// kernel then acts on what lies there in the program's own view and with the program's own ids.
final class UnixCalls {
  private static final int MAX_BOUND_NAMES = 1024;
  private static final int MAX_GATES = 64;
  private static final int MAX_NAME_TALKS = 64;
  private static final int PERMISSIONS = 0777;

  private final Context context;

  /// Name in the kernel of a socket the program bound or is connected to, to the bytes the program
  /// named it by. Those used last stay.
  private final Map<String, byte[]> boundNames =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
          return size() > MAX_BOUND_NAMES;
        }
      };

  /// One for each address by which the program connects to something protected.
  private final Map<ByteBuffer, UnixGate> gates =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, UnixGate> eldest) {
          boolean full = size() > MAX_GATES;
          if (full) {
            eldest.getValue().close();
          }
          return full;
        }
      };

  /// Questions to the name service under way.
  private int nameTalks;

  UnixCalls(Context context) {
    this.context = context;
  }

  Answer connect(StoppedCall call, ProgramSocket socket, byte[] raw) throws ErrnoException {
    return switch (SocketAddress.decode(raw)) {
      case UnixPath(var path) ->
          connectToPath(call, socket, raw, UnixPaths.absolute(call.tid(), path));
      case SocketAddress.UnixAbstract(var name) ->
          mayConnect("@" + name)
              ? perform(call, socket, asProgram(call, raw), () -> {})
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
  Optional<byte[]> shownName(byte[] raw) {
    return SocketAddress.decode(raw) instanceof UnixPath(var path)
        ? Optional.ofNullable(boundNames.get(path))
        : Optional.empty();
  }

  private Answer connectToPath(StoppedCall call, ProgramSocket socket, byte[] raw, String path)
      throws ErrnoException {
    return switch (context.decisions().connect(path)) {
      case Verdict.Plain<ClientTls> plain -> {
        var way = way(call, path, plain);
        yield perform(call, socket, way.reach(), way.target()::close);
      }
      case Verdict.Secured<ClientTls> secured -> {
        context.table().releaseDeadListeners(path);
        yield connectSecurely(call, socket, raw, path, secured);
      }
      case Verdict.Refused<ClientTls> refused -> {
        var names = context.decisions().nameService();
        if (names.isPresent() && refused.rule().isEmpty() && NameService.isAt(path)) {
          yield askNames(socket, raw, names.get());
        }
        context.refused("connect", "unix:" + path, refused);
        yield new Answer.Failure(EACCES);
      }
    };
  }

  /// Connects the program to the answers of its own rules instead of to nscd.
  private Answer askNames(ProgramSocket socket, byte[] raw, NameService names)
      throws ErrnoException {
    if (nameTalks == MAX_NAME_TALKS) {
      return new Answer.Failure(EAGAIN);
    }
    if (socket.type() != Sockets.SOCK_STREAM) {
      return new Answer.Failure(EPROTOTYPE);
    }
    var leg = gate(raw).admit(socket.fd());
    nameTalks++;
    NameTalk.begin(context.loop(), names, leg, () -> nameTalks--);
    return Answer.SUCCESS;
  }

  /// The way to what lies at a path: how to connect there with the rights of the program.
  private record Way(Fd target, ToIntFunction<Fd> reach) {}

  private Way way(StoppedCall call, String path, Verdict<?> verdict) throws ErrnoException {
    var credentials = Credentials.of(call.tid());
    try (var root = UnixPaths.root(call.tid())) {
      call.confirm();
      var target = target(context.places().find(root, path, verdict, credentials), path);
      if ((Files.mode(target) & Files.S_IFMT) != Files.S_IFSOCK) {
        target.close();
        throw new ErrnoException("connect " + path, ECONNREFUSED);
      }
      var name = new UnixPath(UnixPaths.through(target));
      return new Way(target, fd -> asProgram(credentials, () -> Sockets.connect(fd, name)));
    }
  }

  private Fd target(UnixPlaces.Found found, String path) throws ErrnoException {
    return switch (found) {
      case UnixPlaces.Found.Place(var target) -> target;
      case UnixPlaces.Found.Forbidden(var refusal) -> {
        context.refused("connect", "unix:" + path, refusal);
        throw new ErrnoException("connect " + path, EACCES);
      }
    };
  }

  private Answer connectSecurely(
      StoppedCall call,
      ProgramSocket socket,
      byte[] raw,
      String path,
      Verdict.Secured<ClientTls> verdict)
      throws ErrnoException {
    var question = new SocketState.Question(call, raw);
    var pending = context.table().find(socket).flatMap(state -> state.pending);
    if (pending.isPresent()) {
      return pending.get() instanceof UnixConnect connect
          ? connect.joinUnix(call, socket, question)
          : new Answer.Failure(EALREADY);
    }
    if (socket.type() != Sockets.SOCK_STREAM) {
      return new Answer.Failure(EPROTOTYPE);
    }
    if (ConnectCalls.isConnected(socket)) {
      return new Answer.Failure(EISCONN);
    }
    if (Sockets.getsockopt(socket.fd(), Sockets.SOL_SOCKET, Sockets.SO_ACCEPTCONN) != 0) {
      return new Answer.Failure(EINVAL);
    }
    var gate = gate(raw);
    var way = way(call, path, verdict);
    var attempt =
        new UnixConnect.Attempt(
            question, new UnixPath(path), verdict.tls(), gate, way.reach(), way.target()::close);
    try {
      return UnixConnect.start(context, call, socket, attempt);
    } catch (ErrnoException e) {
      attempt.forget().run();
      throw e;
    }
  }

  private UnixGate gate(byte[] raw) throws ErrnoException {
    var key = ByteBuffer.wrap(raw);
    var known = Optional.ofNullable(gates.get(key));
    if (known.isPresent()) {
      return known.get();
    }
    var gate = UnixGate.open();
    gates.put(key, gate);
    boundNames.put(gate.name(), raw);
    return gate;
  }

  /// A connect with the rights of the program.
  private static ToIntFunction<Fd> asProgram(StoppedCall call, byte[] raw) throws ErrnoException {
    var credentials = Credentials.of(call.tid());
    call.confirm();
    return fd -> asProgram(credentials, () -> Sockets.connect(fd, raw));
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
      StoppedCall call, ProgramSocket socket, ToIntFunction<Fd> connect, Runnable after)
      throws ErrnoException {
    Runnable ended = expectPeer(call, socket, after);
    if (!socket.isNonBlocking()) {
      return BlockingConnect.start(context, call, socket, connect, ended);
    }
    var answer = Answer.ofErrno(connect.applyAsInt(socket.fd()));
    ended.run();
    return answer;
  }

  /// What is to run when the attempt has ended, so that either side is told who the other one is.
  private Runnable expectPeer(StoppedCall call, ProgramSocket socket, Runnable after)
      throws ErrnoException {
    try {
      long attempt = context.peers().connecting(call, socket);
      return () -> {
        after.run();
        context.peers().settled(attempt);
      };
    } catch (ErrnoException e) {
      after.run();
      throw e;
    }
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
    return switch (context.decisions().listen(new Listen.UnixPath(path))) {
      case Verdict.Plain<ServerTls> _ -> {
        var detour = UnixFile.bind(call, socket.fd(), raw, path);
        if (detour.isPresent()) {
          boundNames.put(detour.get(), raw);
          context.table().obtain(socket).boundPath = Optional.of(raw);
        }
        yield Answer.SUCCESS;
      }
      case Verdict.Secured<ServerTls>(_, var tls) -> bindSecurely(call, socket, raw, path, tls);
      case Verdict.Refused<ServerTls> refused -> {
        context.refused("bind", "unix:" + path, refused);
        yield new Answer.Failure(EACCES);
      }
    };
  }

  /// The file at the path becomes a socket of ours, with the mode the program's would have had. The
  /// program's own socket, which can be bound but once, is then bound where only we find it.
  private Answer bindSecurely(
      StoppedCall call, ProgramSocket socket, byte[] raw, String path, ServerTls tls)
      throws ErrnoException {
    if (socket.type() != Sockets.SOCK_STREAM) {
      var reason = "only a stream socket can be protected";
      context.refused("bind", "unix:" + path, new Verdict.Refused<>(tls.rule(), reason));
      return new Answer.Failure(EACCES);
    }
    if (!(Sockets.getsockname(socket.fd()) instanceof SocketAddress.UnixUnnamed)) {
      return new Answer.Failure(EINVAL);
    }
    var state = context.table().obtain(socket);
    int type = Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK;
    var front = Sockets.socket(SocketAddress.AF_UNIX, type, 0);
    try {
      Files.setMode(front, Files.mode(socket.fd()) & PERMISSIONS);
      UnixFile.bind(call, front, raw, path);
      var hidden = HiddenPlace.bind(socket.fd());
      boundNames.put(hidden.name(), raw);
      long inode = Files.inode(socket.fd());
      state.unixListener = Optional.of(new UnixListener(context, path, tls, front, hidden, inode));
      state.boundPath = Optional.of(raw);
      context.table().listens(state);
      return Answer.SUCCESS;
    } catch (ErrnoException e) {
      front.close();
      throw e;
    }
  }

  /// Makes `socket` listen, with the ids of the program, which its peers are told; its path was
  /// decided on when it was bound.
  Answer listen(StoppedCall call, ProgramSocket socket, int backlog) throws ErrnoException {
    var program = Credentials.of(call.tid());
    call.confirm();
    var listener = context.table().find(socket).flatMap(state -> state.unixListener);
    boolean hidden = listener.isPresent();
    var errno =
        program.performWithIds(
            () -> {
              Sockets.listen(socket.fd(), hidden ? Backlog.behind(backlog) : backlog);
              if (listener.isPresent()) {
                listener.get().listen(backlog, program);
              }
              return 0;
            });
    context.peers().listens(call, socket);
    return Answer.ofErrno(errno);
  }
}
