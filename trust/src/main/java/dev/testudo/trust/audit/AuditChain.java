package dev.testudo.trust.audit;

import dev.testudo.trust.audit.AuditFault.Kind;
import dev.testudo.trust.json.MessageException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Follows an audit log line by line and detects lines that do not continue the chain. It does not
/// verify signatures: the caller does so for the last line, whose signature covers all.
public final class AuditChain {
  private static final int MOST_CUTS = 10_000;
  private final Set<AuditLine.Cut> cuts = new HashSet<>();
  private Optional<AuditLine> first = Optional.empty();
  private Optional<AuditLine> last = Optional.empty();

  /// Creates an empty chain.
  public AuditChain() {}

  /// Adds the next line, without its line feed. Unless it is not a line of an audit log at all, the
  /// chain continues from it even after a problem.
  ///
  /// @return the problem, if there is one
  public Optional<AuditFault> add(byte[] bytes) {
    AuditLine line;
    try {
      line = AuditLine.read(bytes);
    } catch (MessageException e) {
      return Optional.of(
          new AuditFault(Kind.NO_LINE, "this is not a line of an audit log: " + e.getMessage()));
    }
    var problem = last.flatMap(before -> problem(before, line));
    if (cuts.size() < MOST_CUTS) {
      line.cut().ifPresent(cuts::add);
    }
    first = first.or(() -> Optional.of(line));
    last = Optional.of(line);
    return problem;
  }

  private static Optional<AuditFault> problem(AuditLine before, AuditLine line) {
    if (line.sequence() != before.sequence() + 1) {
      return Optional.of(
          new AuditFault(
              Kind.WRONG_NUMBER,
              "number %d follows number %d: lines were removed, added or reordered"
                  .formatted(line.sequence(), before.sequence())));
    }
    return line.previous().equals(before.hash())
        ? Optional.empty()
        : Optional.of(
            new AuditFault(
                Kind.WRONG_PREVIOUS,
                "number %d does not follow number %d: one of the two was changed"
                    .formatted(line.sequence(), before.sequence())));
  }

  /// Returns the problem with the beginning of the log, if there is one. A log begins at number 1,
  /// or where one of its checkpoints says that CAS cut it.
  public Optional<AuditFault> beginning() {
    return first
        .filter(line -> !beginsRightly(line))
        .map(
            line ->
                new AuditFault(
                    Kind.NO_BEGINNING,
                    "the log begins with number %d, which no checkpoint in it confirms: earlier lines were removed"
                        .formatted(line.sequence())));
  }

  private boolean beginsRightly(AuditLine line) {
    return line.sequence() == 1
        ? line.previous().equals(AuditLine.NOTHING)
        : cuts.contains(new AuditLine.Cut(line.sequence(), line.previous()));
  }

  /// Returns the first line.
  public Optional<AuditLine> first() {
    return first;
  }

  /// Returns the last line so far.
  public Optional<AuditLine> last() {
    return last;
  }
}
