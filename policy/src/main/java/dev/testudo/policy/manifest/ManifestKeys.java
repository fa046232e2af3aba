package dev.testudo.policy.manifest;

import dev.testudo.policy.schema.Key;
import dev.testudo.policy.schema.Keys;
import dev.testudo.policy.schema.Shape;
import dev.testudo.policy.session.read.SecretKeys;
import dev.testudo.policy.session.read.SessionKeys;
import dev.testudo.policy.session.read.VolumeKeys;
import java.util.List;

/// The keys of service manifests.
public final class ManifestKeys {
  /// How an image is signed.
  static final Keys SIGNATURE =
      Keys.of(
          "`signature`",
          Key.of("sign", new Shape.Flag(), "Whether the image is signed."),
          Key.of("key", Shape.text(), "The file of the private key."));

  /// A volume of the service's session, and its place.
  public static final Keys VOLUME =
      Keys.of("a volume of a manifest", VolumeKeys.PATH, VolumeKeys.UPDATES)
          .and(VolumeKeys.VOLUME.common());

  /// The program and its image.
  static final Keys BUILD =
      Keys.of(
          "`build`",
          Key.of("name", Shape.text(), "The value of `{{chartname}}`.").must(),
          Key.of(
                  "kind",
                  new Shape.Word(BuildKind.texts()),
                  "The language, which determines the base.")
              .must(),
          Key.of("to", Shape.text(), "The name of the image.").must(),
          Key.of("command", Shape.text(), "The program and its arguments.").must().secret(),
          Key.of("pwd", Shape.text(), "The folder in which the program starts."),
          Key.of("user", Shape.text(), "The user of the image's containers; Testudo's own key."),
          Key.of("from", Shape.text(), "The base image."),
          Key.of("copy", Shape.texts(), "Files and folders that go into the image."),
          Key.of("host_paths", Shape.texts(), "Files and folders of the machine."),
          Key.of("dirs", Shape.texts(), "Folders of the image whose files are encrypted."),
          Key.of("requirements", Shape.text(), "A file that lists Python packages."),
          Key.of("run", Shape.texts(), "Commands that change the image while it is made."),
          Key.of("binaries", Shape.texts(), "Programs that the image must have."),
          Key.of(
              "fs_dirs",
              Shape.texts(),
              "Folders of the image whose files nobody changes unnoticed."),
          Key.of("fs_files", Shape.texts(), "Files of the image that nobody changes unnoticed."),
          Key.of("plains", Shape.texts(), "Files and folders that are not measured."),
          Key.of("plain_files", Shape.texts(), "Files that are not measured."),
          Key.of("volumes", list(VOLUME), "Folders that are kept, encrypted."),
          Key.of("signature", new Shape.Keyed(() -> SIGNATURE), "How the image is signed."),
          Key.of("stable", Shape.text(), "The tag of the version that may go on running."),
          Key.ignored("gen_policy", "it is reserved"));

  /// A variable with a fixed value, or with a default.
  static final Keys VARIABLE =
      Keys.of(
          "a variable",
          Key.of("name", Shape.text("^[^=]+$"), "The name of the variable.").must(),
          Key.of("value", Shape.text(), "Its value.").secret(SessionKeys.OF_VARIABLES));

  /// The variables of the program.
  static final Keys ENVIRONMENT =
      Keys.of(
          "`environment`",
          Key.of("local", list(VARIABLE), "Variables with a fixed value."),
          Key.of("global", list(VARIABLE), "Variables that the Meshfile gives a value."));

  /// The secrets of the service.
  static final Keys SECRETS =
      Keys.of(
          "`secrets`",
          Key.of("global", list(SecretKeys.SECRET), "Secrets that this service owns."),
          Key.of("import", Shape.texts(), "Secrets that other services own."));

  /// A file that CAS delivers.
  static final Keys INJECTION_FILE =
      Keys.of(
          "an injection file",
          Key.of("path", Shape.text(), "An absolute path.").must(),
          Key.of("content", Shape.text(), "The text of the file.").secret().must(),
          Key.of("permission", Shape.text(), "Octal mode bits, as in `0o400`."));

  /// A service manifest.
  public static final Keys MANIFEST =
      Keys.of(
          "a service manifest",
          Key.of("apiVersion", Shape.text("^scone/[0-9.]+$"), "As in `scone/5.8`.").must(),
          Key.of("kind", new Shape.Word(List.of("genservice")), "What the file is.").must(),
          Key.of("build", new Shape.Keyed(() -> BUILD), "The program and its image.").must(),
          Key.of("environment", new Shape.Keyed(() -> ENVIRONMENT), "Variables of the program."),
          Key.of(
              "secrets",
              new Shape.Either(
                  List.of(
                      new Shape.Keyed(() -> SECRETS),
                      new Shape.Many(new Shape.Keyed(() -> SecretKeys.SECRET)))),
              "The secrets of the service."),
          Key.of("injection_files", list(INJECTION_FILE), "Files that CAS delivers."));

  private ManifestKeys() {}

  private static Shape list(Keys item) {
    return new Shape.Many(new Shape.Keyed(() -> item));
  }
}
