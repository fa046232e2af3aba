package dev.testudo.shield.supervisor.file;

import static dev.testudo.linux.sys.Errno.EACCES;
import static dev.testudo.linux.sys.Errno.EINVAL;
import static dev.testudo.linux.sys.Errno.ENODATA;
import static dev.testudo.linux.sys.Errno.ENOENT;
import static dev.testudo.linux.sys.Errno.ENOTDIR;
import static dev.testudo.linux.sys.Errno.EOPNOTSUPP;
import static dev.testudo.linux.sys.Errno.EROFS;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.FileStatus;
import dev.testudo.linux.sys.SystemCall;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.CallResults;
import dev.testudo.shield.supervisor.call.CallTable;
import dev.testudo.shield.supervisor.call.StoppedCall;
import java.util.Arrays;

/// Performs calls that ask about an injected file or its folder, with the answers that the kernel
/// gives for the descriptor that the program would get. So stat(2) and fstat(2) agree.
final class StatusCalls {
  private static final int W_OK = 2;
  private static final Answer NONE = new Answer.Result(0);

  private final FileCalls files;

  /// Answers a call about the file of a descriptor.
  private interface AboutFile {
    Answer answer(StoppedCall call, Fd fd) throws ErrnoException;
  }

  StatusCalls(FileCalls files) {
    this.files = files;
  }

  void register(CallTable calls) {
    on(calls, SystemCall.STAT, PathCall.following(0), stat(1));
    on(calls, SystemCall.LSTAT, PathCall.itself(0), stat(1));
    on(calls, SystemCall.NEWFSTATAT, PathCall.at(0, PathCall.unlessFlag(3)), stat(2));
    on(calls, SystemCall.STATX, PathCall.at(0, PathCall.unlessFlag(2)), StatusCalls::statx);
    on(calls, SystemCall.STATFS, PathCall.following(0), StatusCalls::statfs);
    on(calls, SystemCall.ACCESS, PathCall.following(0), access(1));
    on(calls, SystemCall.FACCESSAT, PathCall.at(0, _ -> true), access(2));
    on(calls, SystemCall.FACCESSAT2, PathCall.at(0, PathCall.unlessFlag(3)), access(2));
    var itself = PathCall.itself(0);
    var at = PathCall.at(0, _ -> false);
    files.handle(calls, SystemCall.READLINK, itself, (call, to) -> readLink(call, to, 1));
    files.handle(calls, SystemCall.READLINKAT, at, (call, to) -> readLink(call, to, 2));
    on(calls, SystemCall.GETXATTR, PathCall.following(0), always(ENODATA));
    on(calls, SystemCall.LGETXATTR, PathCall.itself(0), always(ENODATA));
    on(calls, SystemCall.LISTXATTR, PathCall.following(0), (_, _) -> NONE);
    on(calls, SystemCall.LLISTXATTR, PathCall.itself(0), (_, _) -> NONE);
    on(calls, SystemCall.NAME_TO_HANDLE_AT, PathCall.at(0, _ -> false), always(EOPNOTSUPP));
    // Only the program itself can change its working directory, and nothing is there for it.
    files.handle(calls, SystemCall.CHDIR, PathCall.following(0), StatusCalls::chdir);
  }

  private void on(CallTable calls, SystemCall call, PathCall path, AboutFile about) {
    files.handle(calls, call, path, (stopped, target) -> answer(stopped, target, about));
  }

  private Answer answer(StoppedCall call, Target target, AboutFile about) throws ErrnoException {
    return switch (target) {
      case Target.Elsewhere _, Target.Holder _ -> Answer.LET_READ;
      case Target.Missing _ -> new Answer.Failure(ENOENT);
      case Target.BelowFile _ -> new Answer.Failure(ENOTDIR);
      case Target.Shown(var folder) -> {
        try (var standIn = files.tree().directory(folder)) {
          yield about.answer(call, standIn);
        }
      }
      case Target.Link(var link) -> {
        try (var standIn = files.tree().open(link)) {
          yield about.answer(call, standIn);
        }
      }
      case Target.Injected(_, var asFolder) when asFolder -> new Answer.Failure(ENOTDIR);
      case Target.Injected(var file, _) -> file.with(memory -> about.answer(call, memory.fd()));
      case Target.Outside(var path) ->
          files.asProgram(
              call,
              () -> {
                try (var place = files.outside(path)) {
                  return about.answer(call, place);
                }
              });
    };
  }

  /// @param buffer the index of the argument with the buffer's address; its size follows
  private Answer readLink(StoppedCall call, Target target, int buffer) throws ErrnoException {
    if (!(target instanceof Target.Link(var link))) {
      return answer(call, target, always(EINVAL));
    }
    int room = call.intArgument(buffer + 1);
    if (room <= 0) {
      return new Answer.Failure(EINVAL);
    }
    var text = link.target().getBytes(ISO_8859_1);
    var part = Arrays.copyOf(text, Math.min(room, text.length));
    CallResults.write(call, buffer, part);
    return new Answer.Result(part.length);
  }

  private static AboutFile stat(int result) {
    return (call, fd) -> CallResults.write(call, result, FileStatus.stat(fd));
  }

  private static Answer statx(StoppedCall call, Fd fd) throws ErrnoException {
    return CallResults.write(call, 4, FileStatus.statx(fd, call.intArgument(3)));
  }

  private static Answer statfs(StoppedCall call, Fd fd) throws ErrnoException {
    return CallResults.write(call, 1, FileStatus.fileSystem(fd));
  }

  private AboutFile access(int mode) {
    return (call, fd) -> {
      int wanted = call.intArgument(mode);
      return (wanted & W_OK) != 0
          ? new Answer.Failure(EROFS)
          : Answer.ofErrno(files.asProgram(call, () -> FileStatus.access(fd, wanted)));
    };
  }

  private static AboutFile always(int errno) {
    return (_, _) -> new Answer.Failure(errno);
  }

  private static Answer chdir(StoppedCall call, Target target) {
    return switch (target) {
      case Target.Elsewhere _, Target.Holder _ -> Answer.LET_READ;
      case Target.Missing _ -> new Answer.Failure(ENOENT);
      case Target.Injected _, Target.BelowFile _ -> new Answer.Failure(ENOTDIR);
      case Target.Shown _, Target.Outside _, Target.Link _ -> new Answer.Failure(EACCES);
    };
  }
}
