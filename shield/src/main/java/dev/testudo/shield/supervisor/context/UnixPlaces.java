package dev.testudo.shield.supervisor.context;

import static dev.testudo.linux.sys.Errno.ELOOP;
import static dev.testudo.linux.sys.Errno.ENOENT;
import static dev.testudo.linux.sys.Errno.ENOTDIR;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.shield.rule.Verdict;
import dev.testudo.shield.supervisor.path.UnixPaths;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Resolves the paths in rules.
///
/// A rule names a place in the file system as it was before the program ran. Symbolic links on
/// the path that existed then (such as `/var/run`) are followed. Links that appeared since,
/// perhaps by the program's own doing, are not. A place that a rule covers is recognised under
/// any other name too.
public final class UnixPlaces {
  private static final String LINK =
      "a symbolic link was put on the path after the program started";

  private final Decisions decisions;

  /// The path of a rule, mapped to the same place without links, where the two differ.
  private final Map<String, String> straight = new HashMap<>();

  /// @param root the program's root directory before the program runs; not kept
  public UnixPlaces(Decisions decisions, Fd root) {
    this.decisions = decisions;
    for (var path : decisions.unixDestinations()) {
      try {
        straight.put(path, straight(root, path));
      } catch (ErrnoException e) {
        // Then no link on this path is followed.
      }
    }
  }

  /// Resolves the links in the part of the path that exists. The rest may be created later.
  private static String straight(Fd root, String path) throws ErrnoException {
    for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
      try (var there = UnixPaths.resolve(root, path.substring(0, end))) {
        return UnixPaths.below(root, there) + path.substring(end);
      } catch (ErrnoException e) {
        if (e.errno() != ENOENT && e.errno() != ENOTDIR) {
          throw e;
        }
      }
    }
    return path;
  }

  /// What is at a path, or why the program may not have it.
  public sealed interface Found {
    record Place(Fd target) implements Found {}

    record Forbidden(Verdict.Refused<?> refusal) implements Found {}
  }

  /// Finds what is at `path`, with the program's rights. `verdict` is the decision on `path`.
  public Found find(Fd root, String path, Verdict<?> verdict, Credentials program)
      throws ErrnoException {
    return verdict.rule().isEmpty()
        ? findByDefault(root, path, program)
        : findByRule(root, path, verdict.rule(), program);
  }

  private Found findByRule(Fd root, String path, String rule, Credentials program)
      throws ErrnoException {
    var way = straight.getOrDefault(path, path);
    var asWritten = withoutLinks(root, path, program);
    var found =
        asWritten.isPresent() || way.equals(path) ? asWritten : withoutLinks(root, way, program);
    return found.isPresent()
        ? new Found.Place(found.get())
        : new Found.Forbidden(new Verdict.Refused<>(rule, LINK));
  }

  /// Opens the path. Returns empty if a link is on it.
  private static Optional<Fd> withoutLinks(Fd root, String path, Credentials program)
      throws ErrnoException {
    try {
      return Optional.of(program.performWithIds(() -> UnixPaths.resolveWithoutLinks(root, path)));
    } catch (ErrnoException e) {
      if (e.errno() == ELOOP) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Finds a path that no rule names. A rule may cover the same place under another path, through a
  /// link or a hard link.
  private Found findByDefault(Fd root, String path, Credentials program) throws ErrnoException {
    var target = program.performWithIds(() -> UnixPaths.resolve(root, path));
    try {
      for (var named : decisions.unixDestinations()) {
        var verdict = decisions.connect(named);
        if (!(verdict instanceof Verdict.Plain<?>) && isAt(root, named, target)) {
          target.close();
          var reason = "it is unix:%s by another name".formatted(named);
          return new Found.Forbidden(new Verdict.Refused<>(verdict.rule(), reason));
        }
      }
      return new Found.Place(target);
    } catch (ErrnoException e) {
      target.close();
      throw e;
    }
  }

  private static boolean isAt(Fd root, String path, Fd target) throws ErrnoException {
    try (var there = UnixPaths.resolve(root, path)) {
      return Files.isSameFile(there, target);
    } catch (ErrnoException e) {
      if (e.errno() == ENOENT || e.errno() == ENOTDIR || e.errno() == ELOOP) {
        return false;
      }
      throw e;
    }
  }
}
