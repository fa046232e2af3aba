package dev.testudo.policy.session;

import dev.testudo.policy.source.Span;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What the owner of a volume demands of its mounts. These are extensions of Testudo.
///
/// @param tagSync when CAS has the tag of a change
/// @param sizeLimit the most bytes that the volume may occupy; empty if only its directory limits
///     it
/// @param integrity what protects an encrypted volume from those who have its key
/// @param takeover what happens to a mount while another one has the volume
/// @param tagSyncAt where `tag_sync` is written; empty if it is not
public record VolumeTerms(
    TagSync tagSync,
    Optional<Long> sizeLimit,
    Integrity integrity,
    Takeover takeover,
    Optional<Span> tagSyncAt) {

  /// The least size limit in bytes: 64 MiB. A volume needs two segments to delete a file when it is
  /// full.
  public static final long LEAST_SIZE = 64L << 20;

  /// The greatest size limit in bytes: 1 EiB.
  public static final long GREATEST_SIZE = 1L << 60;

  /// The terms of a volume that names none.
  public static final VolumeTerms USUAL =
      new VolumeTerms(
          new TagSync.Strict(), Optional.empty(), Integrity.MAC, Takeover.WAIT, Optional.empty());

  /// When CAS has the tag of a change (`tag_sync`).
  public sealed interface TagSync {
    /// Before the program's `fsync` returns: what it has synced can never be rolled back.
    record Strict() implements TagSync {}

    /// At most this long after it returned: a change that is younger can be rolled back.
    ///
    /// @param window from [#LEAST] to [#GREATEST], in whole seconds
    record Bounded(Duration window) implements TagSync {
      /// The least window.
      public static final Duration LEAST = Duration.ofSeconds(1);

      /// The greatest window.
      public static final Duration GREATEST = Duration.ofHours(1);

      /// Checks the window.
      public Bounded {
        if (window.compareTo(LEAST) < 0 || window.compareTo(GREATEST) > 0) {
          throw new IllegalArgumentException("a window of " + window);
        }
      }
    }
  }

  /// What protects an encrypted volume from those who have its key (`integrity`).
  public enum Integrity {
    /// Nothing: whoever can read the volume can also write what other readers accept.
    MAC,
    /// Hashes that lead up to the tag: whoever can only read the volume cannot change it unnoticed.
    HASH;

    /// Returns the name used in policies.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Returns the value with the given name, if there is one.
    public static Optional<Integrity> parse(String text) {
      return Arrays.stream(values()).filter(one -> one.text().equals(text)).findFirst();
    }

    /// Returns all names.
    public static List<String> texts() {
      return Arrays.stream(values()).map(Integrity::text).toList();
    }
  }

  /// What happens to a mount while another one has the volume (`takeover`).
  public enum Takeover {
    /// It waits until the other one ends, as in a rolling update.
    WAIT,
    /// It is refused.
    REFUSE;

    /// Returns the name used in policies.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Returns the value with the given name, if there is one.
    public static Optional<Takeover> parse(String text) {
      return Arrays.stream(values()).filter(one -> one.text().equals(text)).findFirst();
    }

    /// Returns all names.
    public static List<String> texts() {
      return Arrays.stream(values()).map(Takeover::text).toList();
    }
  }
}
