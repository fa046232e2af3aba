package dev.testudo.cas.store.log;

import dev.testudo.cas.store.database.StoreException.Reason;
import dev.testudo.trust.audit.AuditVerdict.Seen;
import java.io.IOException;
import java.util.Optional;

/// A place outside the state that knows the newest line of the audit log. It is durable before an
/// answer leaves, so whoever puts back an older state is found out, unless they can change this
/// place too.
public interface Anchor extends AutoCloseable {
  /// Returns what it is, for messages.
  String name();

  /// Returns the line that it has.
  Optional<Seen> last();

  /// Makes the newest line durable. A new log has none, and its anchor says so: a CAS that is
  /// killed before its first line is anchored starts again.
  ///
  /// @param log the lines of the log
  /// @throws IOException if that fails; no answer may leave then
  void set(Seen line, Lookup log) throws IOException;

  /// Makes a line durable that need not continue the one that it has, because the operator accepts
  /// that.
  void accept(Seen line) throws IOException;

  @Override
  void close() throws IOException;

  /// Gives the hash of a line of the log; empty if the log does not have it.
  @FunctionalInterface
  interface Lookup {
    /// Returns the hash.
    Optional<String> hash(long sequence) throws IOException;
  }

  /// Compares the log with the anchor.
  ///
  /// @return what is wrong; empty if the log continues the anchored line
  default Optional<CopyFault> check(Head head, Lookup log) throws IOException {
    var anchored = last();
    if (anchored.isEmpty()) {
      return head.sequence() == 0
          ? Optional.empty()
          : Optional.of(
              new CopyFault(
                  Reason.NO_ANCHOR,
                  "%s is empty or new, and the store is not".formatted(name()),
                  true));
    }
    var line = anchored.get();
    if (line.sequence() > head.sequence()) {
      return Optional.of(
          new CopyFault(
              Reason.OLDER_DATABASE,
              "%s has number %d, and the database ends with number %d: an older state was restored"
                  .formatted(name(), line.sequence(), head.sequence()),
              true));
    }
    if (line.sequence() >= head.first()
        && !log.hash(line.sequence()).equals(Optional.of(line.hash()))) {
      return Optional.of(
          new CopyFault(
              Reason.OLDER_DATABASE,
              "line %d of the log is not the one of %s: another state was restored"
                  .formatted(line.sequence(), name()),
              true));
    }
    return Optional.empty();
  }
}
