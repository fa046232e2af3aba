package dev.testudo.cas.store.log;

import dev.testudo.cas.store.database.StoreException.Reason;
import dev.testudo.trust.audit.AnchoredHead;
import java.io.IOException;
import java.util.Optional;

/// A place outside the state that knows the head of the store. It is durable before an
/// answer leaves, so whoever puts back an older state is found out, unless they can change this
/// place too.
public interface Anchor extends AutoCloseable {
  /// Returns what it is, for messages.
  String name();

  /// Returns the head that it has.
  Optional<AnchoredHead> last();

  /// Makes the newest head durable. A new log has none, and its anchor says so: a CAS that is
  /// killed before its first line is anchored starts again.
  ///
  /// @param log the log and the commits of the store
  /// @throws IOException if that fails; no answer may leave then
  void set(AnchoredHead head, Lookup log) throws IOException;

  /// Makes a head durable that need not continue the one that it has, because the operator accepts
  /// that.
  void accept(AnchoredHead head) throws IOException;

  @Override
  void close() throws IOException;

  /// What the store has now, which another process may have changed.
  @FunctionalInterface
  interface Lookup {
    /// Returns the hash of a line of the log; empty if the log does not have it.
    Optional<String> hash(long sequence) throws IOException;

    /// Returns false if the commits of the store show that it does not continue `other`. A log
    /// alone does not know commits.
    default boolean mayContinue(AnchoredHead other) throws IOException {
      return true;
    }

    /// Returns true if the store continues `other`.
    default boolean continues(AnchoredHead other) throws IOException {
      var line = other.line();
      return (line.sequence() == 0 || hash(line.sequence()).equals(Optional.of(line.hash())))
          && mayContinue(other);
    }
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
    var line = anchored.get().line();
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
    if (!head.steps().mayContinue(anchored.get())) {
      return Optional.of(
          new CopyFault(
              Reason.OLDER_DATABASE,
              "%s has commit %d, and the database ends with commit %d or has another one: an older or another state was restored"
                  .formatted(name(), anchored.get().commits(), head.steps().count()),
              true));
    }
    return Optional.empty();
  }
}
