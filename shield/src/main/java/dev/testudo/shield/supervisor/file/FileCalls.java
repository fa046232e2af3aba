package dev.testudo.shield.supervisor.file;

import static dev.testudo.linux.sys.Errno.EACCES;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.FileStatus;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.SystemCall;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.CallOutcome;
import dev.testudo.shield.supervisor.call.CallTable;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.file.PathWalk.Asked;

/// Answers the program's file calls about injected files. The kernel continues all other ones.
///
/// The kernel reads the path of a continued call again. A thread of the program may have changed it
/// by then, and so may reach an injected path without the shield. It finds what [Places] made sure
/// of: nothing, or an empty file.
public final class FileCalls {
  private final InjectedTree tree;
  private final PathWalk walk;
  private final String root;

  /// Whether programs may have other ids than this process.
  private final boolean privileged;

  /// Answers a call about what its path leads to.
  interface Handler {
    Answer answer(StoppedCall call, Target target) throws ErrnoException;
  }

  private FileCalls(InjectedTree tree) throws ErrnoException {
    this.tree = tree;
    this.walk = new PathWalk(tree);
    this.root = tree.root();
    this.privileged = Credentials.own().uid() == 0;
  }

  /// Registers the handlers with `calls`.
  public static void register(InjectedTree tree, CallTable calls) throws ErrnoException {
    var files = new FileCalls(tree);
    var listings = new Listings(tree);
    new OpenCalls(files, listings).register(calls);
    new StatusCalls(files).register(calls);
    new ChangeCalls(files).register(calls);
    listings.register(calls);
    new ExecuteCalls(files, tree.root()).register(calls);
    // Loads what the first call of the program needs: it may come from a thread that loads classes.
    files.find(new Asked((int) ProcessHandle.current().pid(), Files.AT_FDCWD, ".", true, false));
  }

  InjectedTree tree() {
    return tree;
  }

  /// Registers a handler for a call with one path.
  void handle(CallTable calls, SystemCall call, PathCall path, Handler handler) {
    calls.handle(call, stopped -> CallOutcome.of(answer(stopped, path, handler)));
  }

  private Answer answer(StoppedCall call, PathCall path, Handler handler) throws ErrnoException {
    var target = find(call, path);
    return target instanceof Target.Elsewhere ? Answer.LET_READ : handler.answer(call, target);
  }

  /// Returns what the path of `call` leads to.
  Target find(StoppedCall call, PathCall path) {
    return path.asked(call).map(walk::find).orElse(Target.ELSEWHERE);
  }

  /// Returns what the path leads to.
  Target find(Asked asked) {
    return walk.find(asked);
  }

  /// Opens what [Target.Outside] names, with `O_PATH`.
  ///
  /// @throws ErrnoException EACCES for files of `/proc`, which this process may open although the
  ///     program may not: its own memory and descriptors
  Fd outside(String path) throws ErrnoException {
    var place = Files.open(root + InjectedTree.textOf(path), Files.O_PATH | Files.O_NOFOLLOW);
    // The file decides and not the path, on which the program may put links meanwhile.
    if (FileStatus.isOfProcesses(place)) {
      place.close();
      throw new ErrnoException("file of a process", EACCES);
    }
    return place;
  }

  /// Runs `action` with the rights of the thread that made `call`. Only root can have programs with
  /// other rights than its own.
  <R> R asProgram(StoppedCall call, Credentials.Action<R> action) throws ErrnoException {
    return privileged ? Credentials.of(call.tid()).performWithIds(action) : action.run();
  }
}
