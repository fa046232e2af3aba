package dev.testudo.policy.session;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of a session: segments joined by `/`, where every segment but the last is a namespace.
/// `/` alone is the root namespace.
///
/// @param value at most 512 characters; segments of 1 to 128 letters, digits, `_`, `-`, `.`, `~`
public record SessionName(String value) implements Comparable<SessionName> {
  /// The namespace that contains all others.
  public static final SessionName ROOT = new SessionName("/");

  private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_\\-.~]{1,128}");
  private static final int MAX_LENGTH = 512;

  public SessionName {
    if (!isName(value)) {
      throw new IllegalArgumentException("not a session name: " + value);
    }
  }

  /// Parses an absolute name. Returns empty if `text` is not one.
  public static Optional<SessionName> parse(String text) {
    return isName(text) ? Optional.of(new SessionName(text)) : Optional.empty();
  }

  /// Resolves a reference in a session of this name: `a/b` is absolute, `../x` is relative to the
  /// namespace of this session, and `./x` is relative to this session taken as a namespace. Returns
  /// empty if the result is not a name.
  public Optional<SessionName> resolve(String reference) {
    var steps = List.of(reference.split("/", -1));
    var relative = steps.getFirst().equals(".") || steps.getFirst().equals("..");
    if (!relative) {
      return parse(reference);
    }
    Optional<SessionName> here = Optional.of(this);
    for (var step : steps) {
      here =
          switch (step) {
            case "." -> here;
            case ".." -> here.flatMap(SessionName::namespace);
            default -> here.flatMap(name -> name.child(step));
          };
    }
    return here;
  }

  /// Returns the namespace of this session; empty for the root.
  public Optional<SessionName> namespace() {
    if (equals(ROOT)) {
      return Optional.empty();
    }
    var slash = value.lastIndexOf('/');
    return Optional.of(slash < 0 ? ROOT : new SessionName(value.substring(0, slash)));
  }

  /// Returns the session called `segment` in this namespace, or empty if the result is not a name.
  public Optional<SessionName> child(String segment) {
    return parse(equals(ROOT) ? segment : value + "/" + segment);
  }

  /// Returns true if this is `other` or lies anywhere below it.
  public boolean isWithin(SessionName other) {
    return equals(other) || other.equals(ROOT) || value.startsWith(other.value + "/");
  }

  private static boolean isName(String text) {
    if (text.equals("/")) {
      return true;
    }
    return text.length() <= MAX_LENGTH
        && Arrays.stream(text.split("/", -1)).allMatch(SessionName::isSegment);
  }

  /// Returns true if `text` can be a segment. `.` and `..` are steps of relative names only.
  public static boolean isSegment(String text) {
    return SEGMENT.matcher(text).matches() && !text.equals(".") && !text.equals("..");
  }

  @Override
  public int compareTo(SessionName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
