package dev.testudo.trust.audit;

import dev.testudo.trust.audit.AuditVerdict.Seen;
import java.util.Optional;
import java.util.regex.Pattern;

/// How far the store of a CAS is, as a place outside of the store knows it: the newest line of the
/// audit log, and the newest commit. Not every commit adds a line.
///
/// @param line the newest line
/// @param commits the number of commits; 0 if an earlier version wrote it, which knew only lines
/// @param mark identifies the store after that commit: 16 hexadecimal digits; empty if `commits` is
///     0
public record AnchoredHead(Seen line, long commits, String mark) {
  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,18}:[0-9a-f]{64})(?::([0-9]{1,18}):([0-9a-f]{16}))?");

  /// Parses `NUMBER:HASH` or `NUMBER:HASH:COMMITS:MARK`.
  public static Optional<AnchoredHead> parse(String text) {
    var matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    var commits = Optional.ofNullable(matcher.group(2)).map(Long::parseLong).orElse(0L);
    var mark = Optional.ofNullable(matcher.group(3)).orElse("");
    return Seen.parse(matcher.group(1)).map(line -> new AnchoredHead(line, commits, mark));
  }

  /// Returns true if this head may replace `other`. It is of a later commit then or, if one of them
  /// knows only lines, has a later line.
  public boolean isAfter(AnchoredHead other) {
    if (commits > 0 && other.commits > 0) {
      return commits > other.commits && line.sequence() >= other.line.sequence();
    }
    return line.sequence() > other.line.sequence() || (commits > 0 && line.equals(other.line));
  }

  /// Returns `NUMBER:HASH:COMMITS:MARK`, or `NUMBER:HASH` if only the line is known.
  @Override
  public String toString() {
    return commits == 0 ? line.toString() : "%s:%d:%s".formatted(line, commits, mark);
  }
}
