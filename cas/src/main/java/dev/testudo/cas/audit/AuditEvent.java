package dev.testudo.cas.audit;

import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What CAS did, or was asked to do. Who asked stands beside it in the log, see [AuditEntry].
public sealed interface AuditEvent {
  /// CAS began to serve.
  ///
  /// @param key signs the log
  record Started(String version, PublicKey key) implements AuditEvent {}

  /// A session was registered or replaced.
  record SessionStored(String session, String hash, long revision) implements AuditEvent {}

  /// A session was deleted with all its revisions.
  ///
  /// @param hash of the revision that was active
  record SessionDeleted(String session, String hash, long revision) implements AuditEvent {}

  /// A session's text was given out.
  record SessionRead(String session, String hash) implements AuditEvent {}

  /// Public values of a session were given out. Each secret is `name@revision`.
  record ValuesRead(String session, String hash, List<String> secrets) implements AuditEvent {
    /// Copies the list.
    public ValuesRead {
      secrets = List.copyOf(secrets);
    }
  }

  /// A program got its configuration; the caller's key is the one that it was sent to. Each secret
  /// is `name@revision`, with its session if it came from another one.
  ///
  /// @param token the id of the join token that was spent, if one was
  record Attested(
      String service,
      String sessionHash,
      String evidence,
      String measurement,
      boolean hardwareAttested,
      Optional<String> token,
      List<String> secrets)
      implements AuditEvent {
    /// Copies the list.
    public Attested {
      secrets = List.copyOf(secrets);
    }
  }

  /// A join token was made for a service.
  record TokenCreated(String service, String token, int uses, Instant expires)
      implements AuditEvent {}

  /// A join token was revoked.
  record TokenRevoked(String service, String token) implements AuditEvent {}

  /// Somebody was refused.
  ///
  /// @param action what was asked for: `attest`, `read-session`, `read-values`, `store-session`,
  ///     `delete-session`, `create-token`, `list-tokens`, `revoke-token`
  /// @param subject the session or service it was about; cut to 256 characters
  /// @param reason the refusal's id
  /// @param details what was expected and what was seen, without any secret; the log has at most 16
  ///     of 1,024 characters each
  record Refused(String action, String subject, String reason, List<String> details)
      implements AuditEvent {
    private static final int MOST_DETAILS = 16;

    /// What `refused` says.
    public static Refused of(
        String action, String subject, dev.testudo.cas.refusal.Refused refused) {
      return new Refused(action, subject, refused.id().text(), refused.forTheLog());
    }

    /// Cuts what is too long.
    public Refused {
      subject = cut(subject, 256);
      details = details.stream().limit(MOST_DETAILS).map(detail -> cut(detail, 1024)).toList();
    }

    private static String cut(String text, int most) {
      return text.length() <= most ? text : text.substring(0, most) + "…";
    }
  }

  /// More of the same than the log takes one by one.
  ///
  /// @param seconds the time it was counted for
  /// @param counts how often, by action, outcome and caller
  record Counted(long seconds, Map<String, Long> counts) implements AuditEvent {
    /// Copies the counts.
    public Counted {
      counts = new TreeMap<>(counts);
    }
  }

  /// The log was longer than it may be, so CAS removed its oldest lines.
  ///
  /// @param first the first line that is kept
  /// @param previous the hash of the line before it
  /// @param key signs the log
  record Checkpoint(long first, String previous, long removed, PublicKey key)
      implements AuditEvent {}

  /// CAS did not find the log's copy as it left it, and was told to go on.
  ///
  /// @param found what was wrong
  /// @param kept the file that holds the copy as it was found; empty if there was none
  record Continued(String found, String kept) implements AuditEvent {}
}
