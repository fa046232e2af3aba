package dev.testudo.trust.audit;

import dev.testudo.trust.json.MessageException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Follows a log from line to line and tells where one does not follow the one before. Signatures
/// are the caller's to check: that of the last line covers them all.
public final class AuditChain {
  private static final int MOST_CUTS = 10_000;
  private final Set<AuditLine.Cut> cuts = new HashSet<>();
  private Optional<AuditLine> first = Optional.empty();
  private Optional<AuditLine> last = Optional.empty();

  /// A chain without any line.
  public AuditChain() {}

  /// Takes the next line, without its line feed.
  ///
  /// @return what is wrong with it, if anything is; the chain goes on from it in any case, unless
  ///     it is no line at all
  public Optional<String> add(byte[] bytes) {
    AuditLine line;
    try {
      line = AuditLine.read(bytes);
    } catch (MessageException e) {
      return Optional.of("this is no line of an audit log: " + e.getMessage());
    }
    var problem = last.flatMap(before -> problem(before, line));
    if (cuts.size() < MOST_CUTS) {
      line.cut().ifPresent(cuts::add);
    }
    first = first.or(() -> Optional.of(line));
    last = Optional.of(line);
    return problem;
  }

  private static Optional<String> problem(AuditLine before, AuditLine line) {
    if (line.sequence() != before.sequence() + 1) {
      return Optional.of(
          "number %d follows number %d: lines were removed, added or put in another order"
              .formatted(line.sequence(), before.sequence()));
    }
    return line.previous().equals(before.hash())
        ? Optional.empty()
        : Optional.of(
            "number %d does not follow number %d: one of the two was changed"
                .formatted(line.sequence(), before.sequence()));
  }

  /// What is wrong with where the log begins: at number 1, or where a checkpoint in it says that
  /// CAS cut it.
  public Optional<String> beginning() {
    return first
        .filter(line -> !beginsRightly(line))
        .map(
            line ->
                "the log begins with number %d, and no checkpoint in it says so: earlier lines were removed"
                    .formatted(line.sequence()));
  }

  private boolean beginsRightly(AuditLine line) {
    return line.sequence() == 1
        ? line.previous().equals(AuditLine.NOTHING)
        : cuts.contains(new AuditLine.Cut(line.sequence(), line.previous()));
  }

  /// The first line.
  public Optional<AuditLine> first() {
    return first;
  }

  /// The last line so far.
  public Optional<AuditLine> last() {
    return last;
  }
}
