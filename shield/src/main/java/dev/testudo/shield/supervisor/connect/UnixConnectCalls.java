package dev.testudo.shield.supervisor.connect;

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
import dev.testudo.shield.name.NameService;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.Verdict;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.Question;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.context.UnixPlaces;
import dev.testudo.shield.supervisor.path.UnixNames;
import dev.testudo.shield.supervisor.path.UnixPaths;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import dev.testudo.shield.supervisor.socket.SocketState;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/// Performs connect(2) on Unix sockets. The rules decide by the path as the program spells it. The
/// kernel then connects to what that path leads to in the program's own view, with the program's
/// own ids.
public final class UnixConnectCalls {
  private static final int MAX_GATES = 64;
  private static final int MAX_NAME_TALKS = 64;

  private final Context context;
  private final UnixNames names;

  /// One gate for each address through which the program connects to a protected destination.
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

  /// The number of requests to the name service in progress.
  private int nameTalks;

  public UnixConnectCalls(Context context, UnixNames names) {
    this.context = context;
    this.names = names;
  }

  public Answer connect(StoppedCall call, ProgramSocket socket, byte[] raw) throws ErrnoException {
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

  private Answer connectToPath(StoppedCall call, ProgramSocket socket, byte[] raw, String path)
      throws ErrnoException {
    return switch (context.decisions().connect(path)) {
      case Verdict.Plain<ClientTls> plain -> {
        var way = way(call, path, plain);
        yield perform(call, socket, way.reach(), way.target()::close);
      }
      case Verdict.Secured<ClientTls> secured -> {
        context.sockets().table().releaseDeadListeners(path);
        yield connectSecurely(call, socket, raw, path, secured);
      }
      case Verdict.Refused<ClientTls> refused -> {
        var service = context.decisions().nameService();
        if (service.isPresent() && refused.rule().isEmpty() && NameService.isAt(path)) {
          yield askNames(socket, raw, service.get());
        }
        context.refused("connect", "unix:" + path, refused);
        yield new Answer.Failure(EACCES);
      }
    };
  }

  /// Connects the program to the shield's name service instead of nscd.
  private Answer askNames(ProgramSocket socket, byte[] raw, NameService service)
      throws ErrnoException {
    if (nameTalks == MAX_NAME_TALKS) {
      return new Answer.Failure(EAGAIN);
    }
    if (socket.type() != Sockets.SOCK_STREAM) {
      return new Answer.Failure(EPROTOTYPE);
    }
    var leg = gate(raw).admit(socket.fd());
    nameTalks++;
    NameTalk.begin(context.loop(), service, leg, () -> nameTalks--);
    return Answer.SUCCESS;
  }

  /// The target of a path, and how to connect to it with the program's rights.
  private record Way(Fd target, ToIntFunction<Fd> reach) {}

  private Way way(StoppedCall call, String path, Verdict<?> verdict) throws ErrnoException {
    var credentials = Credentials.of(call.tid());
    try (var root = UnixPaths.root(call.tid())) {
      call.confirm();
      var target = target(context.sockets().places().find(root, path, verdict, credentials), path);
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
    var question = new Question(call, raw);
    var pending = context.sockets().table().find(socket).flatMap(SocketState::pending);
    if (pending.isPresent()) {
      return pending.get() instanceof UnixConnect connect
          ? connect.joinUnix(call, socket, question)
          : new Answer.Failure(EALREADY);
    }
    if (socket.type() != Sockets.SOCK_STREAM) {
      return new Answer.Failure(EPROTOTYPE);
    }
    if (socket.isConnected()) {
      return new Answer.Failure(EISCONN);
    }
    if (socket.isListening()) {
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
    names.put(gate.name(), raw);
    return gate;
  }

  /// Returns a connect with the program's rights.
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

  /// Performs an unprotected connect. A blocking one waits while the listener's queue is full.
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

  /// Announces the connect, so that each end can be told who the other one is. Returns what must
  /// run when the attempt has ended.
  private Runnable expectPeer(StoppedCall call, ProgramSocket socket, Runnable after)
      throws ErrnoException {
    try {
      long attempt = context.sockets().peers().connecting(call, socket);
      return () -> {
        after.run();
        context.sockets().peers().settled(attempt);
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
}
