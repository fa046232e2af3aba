package dev.testudo.volume;

import java.io.IOException;
import java.io.Serial;

/// Thrown when a volume cannot be used as it is. The message is one line that says what was found
/// and where.
public final class VolumeException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /// Why a volume cannot be used.
  public enum Kind {
    /// There is no volume.
    MISSING,
    /// Its version, or a feature of it, is unknown here.
    UNSUPPORTED,
    /// The key is that of another volume.
    WRONG_KEY,
    /// It is intact, but its state is not the one of the tag.
    OTHER_STATE,
    /// Something of it is not what its writer wrote.
    DAMAGED,
    /// There is something where a new volume was to be created.
    NOT_EMPTY,
    /// Everything of it has been removed.
    GONE,
    /// It is older than the state that CAS keeps.
    ROLLED_BACK,
    /// It has another history than the state that CAS keeps.
    OTHER_HISTORY,
    /// Another process has it open.
    IN_USE
  }

  private final Kind kind;

  private VolumeException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /// Returns why the volume cannot be used.
  public Kind kind() {
    return kind;
  }

  /// There is no volume.
  public static VolumeException missing(String message) {
    return new VolumeException(Kind.MISSING, message);
  }

  /// The volume uses something that this program does not know.
  public static VolumeException unsupported(String message) {
    return new VolumeException(Kind.UNSUPPORTED, message);
  }

  /// The key is that of another volume.
  public static VolumeException wrongKey() {
    return new VolumeException(Kind.WRONG_KEY, "the volume has another key");
  }

  /// The volume is intact, but older or newer than `wanted`, or of another history.
  public static VolumeException otherState(VolumeTag wanted, VolumeTag found) {
    return new VolumeException(
        Kind.OTHER_STATE,
        "the volume has another state than the one of tag %s: it has tag %s"
            .formatted(wanted, found));
  }

  /// The volume must not be opened, for a reason that has no method of its own.
  public static VolumeException refused(Kind kind, String message) {
    return new VolumeException(kind, message);
  }

  /// Something is not what the writer of the volume wrote.
  ///
  /// @param place the file, and where in it
  /// @param reason what is wrong there
  public static VolumeException damaged(String place, String reason) {
    return new VolumeException(
        Kind.DAMAGED, "the volume is damaged: %s: %s".formatted(place, reason));
  }
}
