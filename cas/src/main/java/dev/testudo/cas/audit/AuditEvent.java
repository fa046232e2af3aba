package dev.testudo.cas.audit;

import dev.testudo.trust.audit.AuditKeys;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// An event of the audit log: what CAS did, or was asked to do. [AuditEntry] adds the caller.
public sealed interface AuditEvent {
  /// CAS started to serve.
  ///
  /// @param keys the keys that verify the log
  record Started(String version, AuditKeys keys) implements AuditEvent {}

  /// CAS stopped serving, in order. A CAS that was killed does not write it.
  record Stopped(String version) implements AuditEvent {}

  /// A session was registered or replaced.
  ///
  /// @param signers the keys whose signatures were needed for it, besides the caller's consent
  record SessionStored(String session, String hash, long revision, List<String> signers)
      implements AuditEvent {
    /// Copies the list.
    public SessionStored {
      signers = List.copyOf(signers);
    }
  }

  /// A session was deleted with all its revisions.
  ///
  /// @param hash the hash of the active revision
  record SessionDeleted(String session, String hash, long revision) implements AuditEvent {}

  /// CAS returned the text of a session.
  record SessionRead(String session, String hash) implements AuditEvent {}

  /// CAS returned public values of a session. Each secret is `name@revision`.
  record ValuesRead(String session, String hash, List<String> secrets) implements AuditEvent {
    /// Copies the list.
    public ValuesRead {
      secrets = List.copyOf(secrets);
    }
  }

  /// A program got its configuration, sent to the caller's key. Each secret is `name@revision`,
  /// preceded by its session if that is another one.
  ///
  /// @param token the id of the join token of which a use was spent; empty if none was needed
  record Attested(
      String service,
      String sessionHash,
      AcceptedEvidence evidence,
      Optional<String> token,
      List<String> secrets)
      implements AuditEvent {
    /// Copies the list.
    public Attested {
      secrets = List.copyOf(secrets);
    }
  }

  /// A program that runs got its configuration again, with new values where old ones end.
  record Renewed(
      String service, String sessionHash, AcceptedEvidence evidence, List<String> secrets)
      implements AuditEvent {
    /// Copies the list.
    public Renewed {
      secrets = List.copyOf(secrets);
    }
  }

  /// A join token was made for a service.
  record TokenCreated(String service, String token, int uses, Instant expires)
      implements AuditEvent {}

  /// A join token was revoked.
  record TokenRevoked(String service, String token) implements AuditEvent {}

  /// A mount got a volume. The volume is `session:name`, and a position `number:tag`, or only the
  /// tag if a person gave it.
  ///
  /// @param service the service that mounts it
  /// @param fence the number of the lease
  /// @param position the state that CAS has; empty if it has never had one
  /// @param after the service whose lease expired before; empty if the volume was free
  record VolumeClaimed(
      String volume, String service, long fence, Optional<String> position, Optional<String> after)
      implements AuditEvent {}

  /// The state of a volume changed. The log says so once a minute at most.
  record VolumeAdvanced(String volume, long fence, String position) implements AuditEvent {}

  /// A lease ended before it expired.
  ///
  /// @param reason `released` if the mount gave it back, or why the policy ended it
  record VolumeReleased(
      String volume, String service, long fence, Optional<String> position, String reason)
      implements AuditEvent {}

  /// A caller with the right to update the session decided which state of a volume counts.
  ///
  /// @param before the state that CAS had
  record VolumeAccepted(String volume, Optional<String> before, String position)
      implements AuditEvent {}

  /// A request was refused.
  ///
  /// @param action the requested action: `attest`, `renew`, `read-session`, `read-values`,
  ///     `store-session`, `bundle-status`, `diff-session`, `list-session`, `delete-session`,
  ///     `create-token`, `list-tokens`, `revoke-token`, `claim-volume`, `advance-volume`,
  ///     `renew-volume`, `release-volume`, `list-volumes`, `accept-volume`
  /// @param subject the session or service concerned, cut to 256 characters
  /// @param reason the id of the refusal
  /// @param details expected and seen values, without any secret; at most 16 of at most 1,024
  ///     characters each
  record Refused(String action, String subject, String reason, List<String> details)
      implements AuditEvent {
    private static final int MOST_DETAILS = 16;

    /// Returns the event for a refusal.
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

  /// Repeated events beyond those that the log records one by one.
  ///
  /// @param seconds the length of the counting period
  /// @param counts the number of events by action, outcome and caller
  record Counted(long seconds, Map<String, Long> counts) implements AuditEvent {
    /// Copies the counts.
    public Counted {
      counts = new TreeMap<>(counts);
    }
  }

  /// The log exceeded its quota, so CAS removed its oldest lines.
  ///
  /// @param first the number of the first line kept
  /// @param previous the hash of the line before it
  /// @param keys the keys that verify the log
  record Checkpoint(long first, String previous, long removed, AuditKeys keys)
      implements AuditEvent {}

  /// The log's copy did not match, and the operator told CAS to continue.
  ///
  /// @param found what was wrong
  /// @param kept the file that holds the copy as it was found; empty if there was none
  record Continued(String found, String kept) implements AuditEvent {}

  /// CAS made a backup of its store. The line is also the manifest of the backup.
  ///
  /// @param head number and hash of the last line of the log in the backup
  /// @param size the bytes of the database in the backup
  /// @param sha256 the SHA-256 hash of that database
  /// @param keys the keys that verify the log
  record BackedUp(String head, long size, String sha256, AuditKeys keys) implements AuditEvent {}

  /// A backup was restored, and the log continues from it.
  ///
  /// @param head number and hash of the last line of the log in the backup
  /// @param made when the backup was made
  record Restored(String head, Instant made) implements AuditEvent {}

  /// The operator of another CAS, whose witness this one is, accepted a line that does not continue
  /// the one that was stored.
  ///
  /// @param of the key hash of that CAS
  /// @param before number and hash of the line that was stored; empty if there was none
  /// @param head number and hash of the line that is stored now
  record HeadAccepted(String of, Optional<String> before, String head) implements AuditEvent {}

  /// The operator changed the master key.
  ///
  /// @param method the kind of the new one
  record Rekeyed(String method) implements AuditEvent {}
}
