package dev.testudo.shield.supervisor.file;

import static dev.testudo.linux.sys.Errno.EACCES;
import static dev.testudo.linux.sys.Errno.EBADF;
import static dev.testudo.linux.sys.Errno.ELOOP;
import static dev.testudo.linux.sys.Errno.ENOENT;
import static dev.testudo.linux.sys.Errno.ENOEXEC;
import static dev.testudo.linux.sys.Errno.ENOTDIR;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.FileStatus;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.PathLook;
import dev.testudo.linux.sys.SystemCall;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.CallResults;
import dev.testudo.shield.supervisor.call.CallTable;
import dev.testudo.shield.supervisor.call.StoppedCall;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Performs execve(2) and execveat(2) of injected scripts and programs.
///
/// Only the program itself can execute a file. So it gets a descriptor for the file, its path in
/// memory becomes that of the descriptor, and the kernel continues the call. The memory may be
/// shared with the parent (vfork(2)), and nobody can tell when the kernel needs the new path no
/// longer. So the new path stays, and [PathWalk] knows it as another name of the file.
final class ExecuteCalls {
  private static final int X_OK = 1;
  private static final String DESCRIPTORS = "/proc/self/fd/";

  /// A link to [#DESCRIPTORS], which most systems have.
  private static final String SHORT = "/dev/fd";

  private final PathLook look = new PathLook();
  private final FileCalls files;

  /// What comes before a descriptor's number in its path, shortest last.
  private final List<String> folders;

  ExecuteCalls(FileCalls files, String root) {
    this.files = files;
    boolean hasShort = look.link(root + SHORT).isPresent();
    this.folders = hasShort ? List.of(DESCRIPTORS, SHORT + "/") : List.of(DESCRIPTORS);
  }

  void register(CallTable calls) {
    var execve = PathCall.following(0);
    var execveat = PathCall.at(0, PathCall.unlessFlag(4));
    files.handle(calls, SystemCall.EXECVE, execve, (call, to) -> execute(call, to, 0));
    files.handle(calls, SystemCall.EXECVEAT, execveat, (call, to) -> execute(call, to, 1));
  }

  /// @param argument the index of the path's address
  private Answer execute(StoppedCall call, Target target, int argument) throws ErrnoException {
    return switch (target) {
      case Target.Elsewhere _, Target.Holder _ -> Answer.LET_READ;
      case Target.Missing _ -> new Answer.Failure(ENOENT);
      case Target.Link _ -> new Answer.Failure(ELOOP);
      case Target.BelowFile _ -> new Answer.Failure(ENOTDIR);
      case Target.Shown _, Target.Outside _ -> new Answer.Failure(EACCES);
      case Target.Injected(_, var asFolder) when asFolder -> new Answer.Failure(ENOTDIR);
      case Target.Injected(var file, _) -> execute(call, file, argument);
    };
  }

  private Answer execute(StoppedCall call, FileNode file, int argument) throws ErrnoException {
    int refused = files.asProgram(call, () -> file.with(m -> FileStatus.access(m.fd(), X_OK)));
    if (refused != 0) {
      return new Answer.Failure(refused);
    }
    int room = call.readPath(call.argument(argument)).orElse("").length();
    if (pathOf(0, room).isEmpty()) {
      return new Answer.Failure(ENOEXEC);
    }
    int number;
    try (var opened = files.asProgram(call, () -> file.open(Files.O_RDONLY))) {
      number = give(call, file, opened);
    }
    if (number < 0) {
      return number == -ENOENT ? Answer.GIVEN : new Answer.Failure(-number);
    }
    var path = pathOf(number, room);
    if (path.isEmpty()) {
      return new Answer.Failure(ENOEXEC);
    }
    CallResults.write(call, argument, (path.get() + '\0').getBytes(ISO_8859_1));
    return Answer.LET_READ;
  }

  /// Gives the program the descriptor, with the file's own number if that is free. A script's
  /// interpreter opens it again, after the program was replaced.
  private int give(StoppedCall call, FileNode file, Fd opened) throws ErrnoException {
    boolean closeOnExec = !isScript(opened);
    int wanted = files.tree().executionNumber(file);
    if (look.link("/proc/" + call.tid() + "/fd/" + wanted).isEmpty()) {
      int number = call.giveDescriptor(opened, closeOnExec, wanted);
      if (number != -EBADF) {
        return number;
      }
    }
    return call.giveDescriptor(opened, closeOnExec);
  }

  /// Returns whether the content begins with `#!`. Does not move the position of `opened`.
  private static boolean isScript(Fd opened) throws ErrnoException {
    try (var again = new FileInputStream("/proc/self/fd/" + opened.value())) {
      return new String(again.readNBytes(2), ISO_8859_1).equals("#!");
    } catch (IOException e) {
      throw new ErrnoException("beginning of a program", EACCES);
    }
  }

  /// Returns a path of the descriptor with at most `room` bytes.
  private Optional<String> pathOf(int number, int room) {
    return folders.stream()
        .map(folder -> folder + number)
        .filter(path -> path.length() <= room)
        .findFirst();
  }
}
