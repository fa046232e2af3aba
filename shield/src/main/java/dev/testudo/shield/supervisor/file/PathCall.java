package dev.testudo.shield.supervisor.file;

import dev.testudo.linux.sys.Files;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.file.PathWalk.Asked;
import java.util.Optional;
import java.util.function.Predicate;

/// Where a system call has a path, and how it resolves it.
///
/// @param directory the index of the argument with the directory's descriptor, or [#NONE]
/// @param path the index of the argument with the path's address
/// @param follows whether the call follows a symbolic link at the end of the path
record PathCall(int directory, int path, Predicate<StoppedCall> follows) {
  /// The call has no directory argument; paths start at the working directory.
  static final int NONE = -1;

  private static final int AT_SYMLINK_NOFOLLOW = 0x100;

  /// A call with its path in argument `index`, which follows links.
  static PathCall following(int index) {
    return new PathCall(NONE, index, _ -> true);
  }

  /// A call with its path in argument `index`, which does not follow a link at its end.
  static PathCall itself(int index) {
    return new PathCall(NONE, index, _ -> false);
  }

  /// A call with directory and path in arguments `index` and the next one.
  static PathCall at(int index, Predicate<StoppedCall> follows) {
    return new PathCall(index, index + 1, follows);
  }

  /// Follows links unless argument `index` has `AT_SYMLINK_NOFOLLOW`.
  static Predicate<StoppedCall> unlessFlag(int index) {
    return call -> (call.intArgument(index) & AT_SYMLINK_NOFOLLOW) == 0;
  }

  /// Returns what `call` asks for, or empty if its path cannot be read. The kernel then finds the
  /// same fault, or the path is in memory of a program that nobody may trace.
  Optional<Asked> asked(StoppedCall call) {
    int start = directory == NONE ? Files.AT_FDCWD : call.intArgument(directory);
    return call.readPath(call.argument(path))
        .map(text -> new Asked(call.tid(), start, text, follows.test(call), false));
  }
}
