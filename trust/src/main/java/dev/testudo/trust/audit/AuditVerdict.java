package dev.testudo.trust.audit;

import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The result of verifying the files of an audit log.
///
/// @param first its first line, if it has one
/// @param last its last line; if there are no problems, CAS vouches for all lines up to this one
/// @param problems the first 20 problems, each with its place
public record AuditVerdict(
    Optional<AuditLine> first, Optional<AuditLine> last, List<Problem> problems) {
  static final int MOST_PROBLEMS = 20;

  /// Copies the problems.
  public AuditVerdict {
    problems = List.copyOf(problems);
  }

  /// A problem and its place.
  ///
  /// @param line the number of the line in `file`, from 1
  /// @param text file, line and problem, for people
  public record Problem(AuditFault.Kind kind, Path file, long line, String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  /// A line that the log must contain because an earlier verification saw it.
  ///
  /// @param sequence its number
  /// @param hash its hash, 64 hexadecimal digits
  public record Seen(long sequence, String hash) {
    /// Parses `NUMBER:HASH`.
    public static Optional<Seen> parse(String text) {
      return text.matches("[0-9]{1,18}:[0-9a-f]{64}")
          ? Optional.of(
              new Seen(
                  Long.parseLong(text.substring(0, text.indexOf(':'))),
                  text.substring(text.indexOf(':') + 1)))
          : Optional.empty();
    }

    @Override
    public String toString() {
      return sequence + ":" + hash;
    }
  }

  /// Verifies `file`, which the holder of `key` must have signed.
  public static AuditVerdict of(Path file, KeyHash key, Optional<Seen> seen) throws IOException {
    return of(List.of(file), key, seen);
  }

  /// Verifies the files of one log, in any order. Files that follow each other may have lines in
  /// common, but none may be missing between them.
  ///
  /// @param key the key whose holder must have signed the log
  public static AuditVerdict of(List<Path> files, KeyHash key, Optional<Seen> seen)
      throws IOException {
    var checked = new ArrayList<AuditFile>();
    for (var file : files) {
      checked.add(AuditFile.check(file, key, seen));
    }
    checked.sort(AuditFile.ORDER);
    var problems = new ArrayList<Problem>();
    for (var i = 0; i < checked.size(); i++) {
      var file = checked.get(i);
      problems.addAll(i == 0 ? file.problems() : file.problemsAfter(checked.get(i - 1)));
    }
    var newest = checked.getLast();
    if (seen.isPresent() && checked.stream().noneMatch(AuditFile::hasSeen)) {
      problems.add(newest.missing(seen.get()));
    }
    return new AuditVerdict(
        checked.getFirst().first(),
        newest.last(),
        problems.stream().distinct().limit(MOST_PROBLEMS).toList());
  }
}
