package dev.testudo.policy.manifest;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A value of `build.kind`. It determines the base image unless `build.from` names one.
public enum BuildKind {
  PYTHON("python", "docker.io/library/python:3.13-slim-bookworm"),
  /// Java 17, which `java` also stands for.
  JAVA("java|java17", "docker.io/library/eclipse-temurin:17-jre-noble"),
  JAVA_8("java8|java 8", "docker.io/library/eclipse-temurin:8-jre-noble"),
  JAVA_11("java11", "docker.io/library/eclipse-temurin:11-jre-noble"),
  /// Nobody maintains Java 15, nor its image, any more.
  JAVA_15("java15", "docker.io/library/openjdk:15-slim-buster"),
  JAVA_21("java21", "docker.io/library/eclipse-temurin:21-jre-noble"),
  JAVA_25("java25", "docker.io/library/eclipse-temurin:25-jre-noble"),
  NODE("node", "docker.io/library/node:24-bookworm-slim"),
  /// Transforms an existing image, which `build.from` names.
  SCONIFY_IMAGE("sconify_image", ""),
  /// No language. Without `build.from` the image starts from nothing.
  NONE("none", "");

  private final String names;
  private final String base;

  BuildKind(String names, String base) {
    this.names = names;
    this.base = base;
  }

  /// Returns the kind with the given name, if there is one.
  public static Optional<BuildKind> parse(String text) {
    return Arrays.stream(values()).filter(kind -> kind.names().contains(text)).findFirst();
  }

  /// Returns the preferred name of each kind.
  public static List<String> texts() {
    return Arrays.stream(values()).map(BuildKind::toString).toList();
  }

  /// Returns the base image if `build.from` names none. Empty if there is none.
  public Optional<String> usualBase() {
    return base.isEmpty() ? Optional.empty() : Optional.of(base);
  }

  @Override
  public String toString() {
    return names().getFirst();
  }

  private List<String> names() {
    return List.of(names.split("\\|"));
  }
}
