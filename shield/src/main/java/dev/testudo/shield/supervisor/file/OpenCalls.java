package dev.testudo.shield.supervisor.file;

import static dev.testudo.linux.sys.Errno.EACCES;
import static dev.testudo.linux.sys.Errno.EEXIST;
import static dev.testudo.linux.sys.Errno.EISDIR;
import static dev.testudo.linux.sys.Errno.ELOOP;
import static dev.testudo.linux.sys.Errno.ENOENT;
import static dev.testudo.linux.sys.Errno.ENOTDIR;
import static dev.testudo.linux.sys.Errno.EROFS;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.SystemCall;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.CallOutcome;
import dev.testudo.shield.supervisor.call.CallTable;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.file.PathWalk.Asked;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Performs open(2), creat(2), openat(2) and openat2(2) on injected files: the program gets a
/// descriptor of its own for the file in memory, opened for reading.
final class OpenCalls {
  private static final int O_TRUNC = 0x200;
  private static final int O_TMPFILE_BIT = 0x40_0000;
  private static final int ACCESS_MODE = 3;

  /// `struct open_how`: flags, mode, resolve.
  private static final int HOW_SIZE = 24;

  private static final int RESOLVE_IN_ROOT = Files.RESOLVE_IN_ROOT;

  /// Flags that act on the path or create the file, not on the descriptor.
  private static final int OF_THE_PATH =
      Files.O_CREAT
          | Files.O_EXCL
          | Files.O_NOFOLLOW
          | Files.O_DIRECTORY
          | Files.O_CLOEXEC
          | O_TRUNC
          | O_TMPFILE_BIT
          | ACCESS_MODE;

  private static final int CREATE_AND_TRUNCATE = Files.O_CREAT | Files.O_WRONLY | O_TRUNC;

  private final FileCalls files;
  private final Listings listings;

  OpenCalls(FileCalls files, Listings listings) {
    this.files = files;
    this.listings = listings;
  }

  void register(CallTable calls) {
    var open = new PathCall(PathCall.NONE, 0, call -> follows(call.intArgument(1)));
    var openat = PathCall.at(0, call -> follows(call.intArgument(2)));
    files.handle(calls, SystemCall.OPEN, open, (c, t) -> open(c, t, c.intArgument(1)));
    files.handle(calls, SystemCall.OPENAT, openat, (c, t) -> open(c, t, c.intArgument(2)));
    files.handle(
        calls,
        SystemCall.CREAT,
        PathCall.following(0),
        (call, target) -> open(call, target, CREATE_AND_TRUNCATE));
    calls.handle(SystemCall.OPENAT2, call -> CallOutcome.of(openat2(call)));
  }

  private static boolean follows(int flags) {
    int created = Files.O_CREAT | Files.O_EXCL;
    return (flags & Files.O_NOFOLLOW) == 0 && (flags & created) != created;
  }

  private Answer openat2(StoppedCall call) throws ErrnoException {
    var path = call.readPath(call.argument(1));
    if (path.isEmpty() || call.argument(3) < HOW_SIZE) {
      return Answer.LET_READ; // the kernel finds the same fault
    }
    var how = ByteBuffer.wrap(call.read(call.argument(2), HOW_SIZE)).order(ByteOrder.nativeOrder());
    int flags = (int) how.getLong(0);
    boolean inDirectory = (how.getLong(16) & RESOLVE_IN_ROOT) != 0;
    var asked = new Asked(call.tid(), call.intArgument(0), path.get(), follows(flags), inDirectory);
    var target = files.find(asked);
    return target instanceof Target.Elsewhere ? Answer.LET_READ : open(call, target, flags);
  }

  private Answer open(StoppedCall call, Target target, int flags) throws ErrnoException {
    return switch (target) {
      case Target.Elsewhere _ -> Answer.LET_READ;
      case Target.Holder _ -> {
        listings.begin(call.tid());
        yield Answer.LET_READ;
      }
      case Target.BelowFile _ -> new Answer.Failure(ENOTDIR);
      case Target.Missing _ -> new Answer.Failure(creates(flags) ? EROFS : ENOENT);
      case Target.Injected(var file, var asFolder) -> openFile(call, file, flags, asFolder);
      case Target.Shown(var folder) -> openFolder(call, folder, flags);
      case Target.Link _ -> new Answer.Failure(creates(flags) ? EEXIST : ELOOP);
      case Target.Outside(var path) -> openOutside(call, path, flags);
    };
  }

  /// Opens something beside a folder that only the shield shows, for reading. Nothing but a file or
  /// a folder, because opening anything else can wait or have effects.
  private Answer openOutside(StoppedCall call, String path, int flags) throws ErrnoException {
    if (creates(flags) || changes(flags)) {
      return new Answer.Failure(EACCES);
    }
    return files.asProgram(
        call,
        () -> {
          try (var place = files.outside(path)) {
            int type = Files.mode(place) & Files.S_IFMT;
            if (type != Files.S_IFDIR && type != Files.S_IFREG) {
              return new Answer.Failure(EACCES);
            }
            if (type != Files.S_IFDIR && (flags & Files.O_DIRECTORY) != 0) {
              return new Answer.Failure(ENOTDIR);
            }
            return give(call, flags, Files.open(through(place), ofTheDescriptor(flags)));
          }
        });
  }

  private static String through(Fd fd) {
    return "/proc/self/fd/" + fd.value();
  }

  private Answer openFile(StoppedCall call, FileNode file, int flags, boolean asFolder)
      throws ErrnoException {
    boolean path = (flags & Files.O_PATH) != 0;
    if (!path && (flags & Files.O_CREAT) != 0 && (flags & Files.O_EXCL) != 0) {
      return new Answer.Failure(EEXIST);
    }
    if (asFolder || (flags & Files.O_DIRECTORY) != 0) {
      return new Answer.Failure(ENOTDIR);
    }
    if (!path && changes(flags)) {
      return new Answer.Failure(EROFS);
    }
    return give(call, flags, files.asProgram(call, () -> file.open(ofTheDescriptor(flags))));
  }

  private Answer openFolder(StoppedCall call, FolderNode folder, int flags) throws ErrnoException {
    boolean path = (flags & Files.O_PATH) != 0;
    if (!path && (flags & O_TMPFILE_BIT) != 0) {
      return new Answer.Failure(EROFS);
    }
    if (!path && (flags & Files.O_CREAT) != 0) {
      return new Answer.Failure((flags & Files.O_EXCL) != 0 ? EEXIST : EISDIR);
    }
    if (!path && changes(flags)) {
      return new Answer.Failure(EISDIR);
    }
    try (var standIn = path ? files.tree().directory(folder) : files.tree().listing(folder)) {
      return give(call, flags, Files.open(through(standIn), ofTheDescriptor(flags)));
    }
  }

  private static boolean changes(int flags) {
    return (flags & ACCESS_MODE) != Files.O_RDONLY || (flags & O_TRUNC) != 0;
  }

  private static boolean creates(int flags) {
    return (flags & Files.O_PATH) == 0 && (flags & (Files.O_CREAT | O_TMPFILE_BIT)) != 0;
  }

  /// Returns the flags for the program's descriptor. Descriptors with `O_PATH` cannot be passed on,
  /// so the program gets one for reading.
  private static int ofTheDescriptor(int flags) {
    return (flags & Files.O_PATH) != 0 ? Files.O_RDONLY : flags & ~OF_THE_PATH;
  }

  /// Gives the program the descriptor. The supervisor keeps none.
  private static Answer give(StoppedCall call, int flags, Fd opened) {
    try (opened) {
      int number = call.answerWithDescriptor(opened, (flags & Files.O_CLOEXEC) != 0);
      return number >= 0 || number == -ENOENT ? Answer.GIVEN : new Answer.Failure(-number);
    }
  }
}
