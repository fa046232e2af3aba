package dev.testudo.shield.supervisor.listen;

import static dev.testudo.linux.sys.Errno.EACCES;
import static dev.testudo.linux.sys.Errno.EINVAL;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.UnixPath;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.policy.shield.Listen;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.rule.Verdict;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.path.HiddenPlace;
import dev.testudo.shield.supervisor.path.UnixFile;
import dev.testudo.shield.supervisor.path.UnixNames;
import dev.testudo.shield.supervisor.path.UnixPaths;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import java.util.Optional;

/// Performs bind(2) and listen(2) on Unix sockets. The rules decide by the path as the program
/// spells it. The kernel then acts on what that path leads to in the program's own view, with the
/// program's own ids.
public final class UnixListenCalls {
  private static final int PERMISSIONS = 0777;

  private final Context context;
  private final UnixNames names;

  public UnixListenCalls(Context context, UnixNames names) {
    this.context = context;
    this.names = names;
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
          names.put(detour.get(), raw);
          context.sockets().table().obtain(socket).setBoundPath(Optional.of(raw));
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

  /// Binds a protected socket. The file at the path becomes a socket of the shield, with the mode
  /// that the program's would have. The program's own socket, which can be bound only once, is
  /// bound to a path that only the shield can reach.
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
    var state = context.sockets().table().obtain(socket);
    int type = Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK;
    var front = Sockets.socket(SocketAddress.AF_UNIX, type, 0);
    try {
      Files.setMode(front, Files.mode(socket.fd()) & PERMISSIONS);
      UnixFile.bind(call, front, raw, path);
      var hidden = HiddenPlace.bind(socket.fd());
      names.put(hidden.name(), raw);
      long inode = Files.inode(socket.fd());
      state.setListener(Optional.of(new UnixListener(context, path, tls, front, hidden, inode)));
      state.setBoundPath(Optional.of(raw));
      context.sockets().table().listens(state);
      return Answer.SUCCESS;
    } catch (ErrnoException e) {
      front.close();
      throw e;
    }
  }

  /// Makes `socket` listen with the ids of the program, which its peers can query. The rules
  /// decided on the path in bind(2).
  Answer listen(StoppedCall call, ProgramSocket socket, int backlog) throws ErrnoException {
    var program = Credentials.of(call.tid());
    call.confirm();
    var listener = context.sockets().table().find(socket).flatMap(UnixListener::of);
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
    context.sockets().peers().listens(call, socket);
    return Answer.ofErrno(errno);
  }
}
