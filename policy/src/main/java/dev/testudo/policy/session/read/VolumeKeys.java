package dev.testudo.policy.session.read;

import dev.testudo.policy.schema.Key;
import dev.testudo.policy.schema.Keys;
import dev.testudo.policy.schema.Shape;
import dev.testudo.policy.session.MainRegion;
import dev.testudo.policy.session.UpdatePolicy;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.session.VolumeTerms;
import java.util.List;

/// The keys of protected files.
public final class VolumeKeys {
  static final String KEY = "fspf_key";
  static final String TAG = "fspf_tag";
  static final String TAG_SYNC = "tag_sync";
  static final String SIZE_LIMIT = "size_limit";
  static final String INTEGRITY = "integrity";
  static final String TAKEOVER = "takeover";

  /// A whole number of bytes, or of KiB, MiB, GiB or TiB.
  static final String SIZE = "^[0-9]{1,18}[kMGT]?$";

  private static final String HASH = "^[0-9a-fA-F]{64}$";

  /// The key of protected files.
  static final Key FILES_KEY =
      Key.of(
              KEY,
              Shape.text("^([0-9a-fA-F]{64}|\\$\\$SCONE::.*\\$\\$)$"),
              "The key of the files: 64 hexadecimal digits, or a `binary` secret.")
          .secret();

  /// The tag of protected files.
  static final Key FILES_TAG =
      Key.of(
          TAG, Shape.text("^[0-9a-fA-F]{32}$"), "The state of the files: 32 hexadecimal digits.");

  /// Where the main region of a service is described.
  static final Key REGION_PATH =
      Key.of("fspf_path", Shape.text(), "Where the protected files of the image are described.");

  /// What CAS does with tags of a main region.
  static final Key REGION_UPDATES =
      Key.of(
          "fspf_update_policy",
          new Shape.Word(MainRegion.Updates.texts()),
          "Whether an older state of these files is refused.");

  /// Where programs see a volume.
  public static final Key PATH =
      Key.of("path", Shape.text(), "The absolute path of its folder.").must();

  /// What becomes of changes.
  public static final Key UPDATES =
      Key.of(
          "update_policy",
          new Shape.Word(UpdatePolicy.texts()),
          "Whether changes are kept, and an older state is refused.");

  /// A session to which a volume is exported.
  static final Keys TARGET =
      Keys.of(
              "`to`",
              Key.of("session", Shape.text(), "The session that may import the volume.").must(),
              Key.of("session_hash", Shape.text(HASH), "The revision that this session must have."),
              Key.of("namespace", Shape.text(), "Not legal: a volume goes to single sessions."))
          .and(SecretKeys.OTHER_CAS);

  /// An export of a volume.
  static final Keys EXPORT =
      Keys.of(
              "an export of a volume",
              Key.of(
                  "to", new Shape.Keyed(() -> TARGET), "The session that may import the volume."),
              Key.of(
                  "update_policy",
                  new Shape.Word(UpdatePolicy.texts()),
                  "What the other session may do with the volume."),
              Key.of("volume_alias", name(), "The name under which the other session imports it."),
              Key.of("session", Shape.text(), "The session that may import the volume."),
              Key.of("session_hash", Shape.text(HASH), "The revision that this session must have."),
              Key.of("namespace", Shape.text(), "Not legal: a volume goes to single sessions."))
          .and(SecretKeys.OTHER_CAS);

  /// Where an imported volume comes from.
  static final Keys IMPORT =
      Keys.of(
              "`import` of a volume",
              Key.of("session", Shape.text(), "The session that owns the volume.").must(),
              Key.of("volume", name(), "The name under which it exports the volume.").must(),
              Key.of("session_hash", Shape.text(HASH), "The revision that the owner must have."))
          .and(SecretKeys.OTHER_CAS);

  /// How long a change of a volume may be unknown to CAS.
  static final Keys BOUNDED =
      Keys.of(
          "`tag_sync`",
          Key.of(
                  "bounded",
                  new Shape.Whole(1, 3600),
                  "The seconds within which CAS has the tag of a change.")
              .must());

  /// A volume of a session.
  public static final Keys VOLUME =
      Keys.of(
          "a volume",
          Key.of("name", name(), "The name, once in a session.").must(),
          Key.of("files", new Shape.Word(Volume.Files.texts()), "How its files are protected."),
          FILES_KEY,
          FILES_TAG,
          Key.of(
              TAG_SYNC,
              new Shape.Either(
                  List.of(new Shape.Word(List.of("strict")), new Shape.Keyed(() -> BOUNDED))),
              "When CAS has the tag of a change; an extension of Testudo."),
          Key.of(
              SIZE_LIMIT,
              Shape.text(SIZE),
              "The most bytes of the volume, as in `20G`; an extension of Testudo."),
          Key.of(
              INTEGRITY,
              new Shape.Word(VolumeTerms.Integrity.texts()),
              "Whether those who only read the volume could change it; an extension of Testudo."),
          Key.of(
              TAKEOVER,
              new Shape.Word(VolumeTerms.Takeover.texts()),
              "Whether a second mount waits for the first one; an extension of Testudo."),
          Key.of(
              "export",
              new Shape.Many(
                  new Shape.Either(List.of(new Shape.Keyed(() -> EXPORT), Shape.text()))),
              "The sessions that may import it."),
          Key.of("import", new Shape.Keyed(() -> IMPORT), "The owner of an imported volume."));

  /// A volume in the file system of a service.
  static final Keys MOUNT =
      Keys.of(
          "a volume of an image",
          Key.of("name", name(), "One of `volumes` of the session.").must(),
          PATH,
          UPDATES);

  private VolumeKeys() {}

  private static Shape name() {
    return Shape.text("^[A-Za-z0-9_.~-]{1,128}$");
  }
}
