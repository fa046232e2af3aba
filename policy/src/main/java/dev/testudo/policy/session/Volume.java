package dev.testudo.policy.session;

import dev.testudo.policy.source.Span;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A folder with protected files, whose key CAS manages.
///
/// @param name its name in this session
/// @param span where the name is written
/// @param exports the sessions that may import it; none if it is imported itself
public record Volume(String name, Span span, Origin origin, List<Export> exports) {
  public Volume {
    exports = List.copyOf(exports);
  }

  /// Where the key of a volume comes from.
  public sealed interface Origin {
    /// The session owns the volume.
    ///
    /// @param key empty if CAS generates the key
    record Own(Files files, Optional<FilesKey> key, VolumeTerms terms) implements Origin {}

    /// Another session owns it.
    ///
    /// @param revision the revision that the other session must have
    /// @param original the name under which the other session exports it
    record Imported(SessionName from, Optional<SessionHash> revision, String original)
        implements Origin {}
  }

  /// How the files are protected.
  public enum Files {
    ENCRYPTED,
    AUTHENTICATED_ONLY;

    /// Returns the name used in policies, such as `authenticated-only`.
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Returns the value with the given name, if there is one.
    public static Optional<Files> parse(String text) {
      return Arrays.stream(values()).filter(one -> one.text().equals(text)).findFirst();
    }

    /// Returns all names.
    public static List<String> texts() {
      return Arrays.stream(values()).map(Files::text).toList();
    }
  }

  /// A session that may import a volume.
  ///
  /// @param revision the revision that it must have
  /// @param updates what it may do with the volume
  /// @param name the name under which it imports the volume
  /// @param span where the export is written
  public record Export(
      SessionName session,
      Optional<SessionHash> revision,
      UpdatePolicy updates,
      String name,
      Span span) {}

  /// A volume in the file system of a service.
  ///
  /// @param path absolute, without `.` and `..`
  /// @param span where the path is written
  public record Mount(Volume volume, String path, UpdatePolicy updates, Span span) {}
}
