package dev.testudo.cas.store.database;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The state directory cannot be used, or its content is not what CAS stored there.
public sealed class StoreException extends IOException
    permits AnchorUnavailableException,
        ConflictException,
        DiskFullException,
        UnavailableException,
        UnknownOutcomeException {
  private static final long serialVersionUID = 1;
  private final Reason reason;

  /// What is wrong with a state directory.
  public enum Reason {
    /// Another CAS uses it.
    IN_USE,
    /// The master key is missing.
    NO_KEY,
    /// The master key is not the one of this store.
    WRONG_KEY,
    /// A sealed value does not open in its place.
    CHANGED_VALUE,
    /// Rows were changed, added, removed or put back.
    CHANGED_ROWS,
    /// The audit log in the database was changed.
    CHANGED_LOG,
    /// The copy of the audit log is missing.
    NO_COPY,
    /// The last lines of the copy of the audit log are missing.
    SHORTENED_COPY,
    /// A line of the copy of the audit log is not the one in the database.
    CHANGED_COPY,
    /// The database is older than the copy of the audit log.
    OLDER_DATABASE,
    /// The anchor is missing.
    NO_ANCHOR,
    /// The anchor is damaged or belongs to another CAS.
    CHANGED_ANCHOR,
    /// Anything else.
    OTHER
  }

  /// Creates an exception that says what was being done and what failed.
  public StoreException(String message) {
    this(Reason.OTHER, message);
  }

  /// Creates an exception that says what was being done and what failed, with its cause.
  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = Reason.OTHER;
  }

  /// As above, for a failure that callers tell from others.
  public StoreException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /// What is wrong.
  public Reason reason() {
    return reason;
  }
}
