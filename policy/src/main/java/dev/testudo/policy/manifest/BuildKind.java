package dev.testudo.policy.manifest;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A value of `build.kind`. It determines the base image unless `build.from` names one.
public enum BuildKind {
  PYTHON("python"),
  /// Java 17, which `java` also stands for.
  JAVA("java|java17"),
  JAVA_15("java15"),
  JAVA_8("java 8|java8"),
  /// Transforms an existing image.
  SCONIFY_IMAGE("sconify_image");

  private final String names;

  BuildKind(String names) {
    this.names = names;
  }

  /// Returns the kind with the given name, if there is one.
  public static Optional<BuildKind> parse(String text) {
    return Arrays.stream(values()).filter(kind -> kind.names().contains(text)).findFirst();
  }

  /// Returns the preferred name of each kind.
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
