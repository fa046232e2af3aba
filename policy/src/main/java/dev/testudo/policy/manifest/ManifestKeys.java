package dev.testudo.policy.manifest;

import dev.testudo.policy.schema.Key;
import dev.testudo.policy.schema.Keys;
import dev.testudo.policy.schema.Shape;
import dev.testudo.policy.session.read.SecretKeys;
import dev.testudo.policy.session.read.SessionKeys;
import java.util.List;

/// The keys of service manifests.
public final class ManifestKeys {
  private static final String NOT_BUILT = "images are not built; the program uses the machine's";
  private static final String COPIED = "the image has what `copy` lists";

  /// The program and its image.
  static final Keys BUILD =
      Keys.of(
          "`build`",
          Key.of("name", Shape.text(), "The value of `{{chartname}}`.").must(),
          Key.of("kind", new Shape.Word(BuildKind.texts()), "The language; has no effect.").must(),
          Key.of("to", Shape.text(), "The name of the image.").must(),
          Key.of("command", Shape.text(), "The program and its arguments.").must().secret(),
          Key.of("pwd", Shape.text(), "The folder in which the program starts."),
          Key.of("from", Shape.text(), "The base image; has no effect."),
          Key.of("copy", Shape.texts(), "Files and folders that go into the image."),
          Key.of("host_paths", Shape.texts(), "Files and folders of the machine."),
          Key.refused("dirs", "the folders are not encrypted"),
          Key.ignored("requirements", NOT_BUILT),
          Key.ignored("run", NOT_BUILT),
          Key.ignored("binaries", "the program is the first word of `command`"),
          Key.ignored("fs_dirs", COPIED),
          Key.ignored("fs_files", COPIED),
          Key.ignored("plains", COPIED),
          Key.ignored("plain_files", COPIED),
          Key.refused("volumes", "the program keeps its data unencrypted"),
          Key.ignored("signature", "images are measured, not signed"),
          Key.ignored("stable", "only the new image is accepted"),
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
