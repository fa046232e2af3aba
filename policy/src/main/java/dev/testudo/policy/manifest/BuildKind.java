package dev.testudo.policy.manifest;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// `build.kind`: what an image starts from where `build.from` says nothing.
public enum BuildKind {
  PYTHON("python"),
  /// Java 17, the default of `java`.
  JAVA("java|java17"),
  JAVA_15("java15"),
  JAVA_8("java 8|java8"),
  /// An existing image is transformed.
  SCONIFY_IMAGE("sconify_image");

  private final String names;

  BuildKind(String names) {
    this.names = names;
  }

  /// The kind with that name.
  public static Optional<BuildKind> parse(String text) {
    return Arrays.stream(values()).filter(kind -> kind.names().contains(text)).findFirst();
  }

  /// The usual names.
  public static List<String> texts() {
    return Arrays.stream(values()).map(BuildKind::toString).toList();
  }

  @Override
  public String toString() {
    return names().getFirst();
  }

  private List<String> names() {
    return List.of(names.split("\\|"));
  }
}
