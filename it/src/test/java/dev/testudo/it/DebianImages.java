package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Images of Debian's packages, which mmdebstrap and buildah make as Dockerfiles do: a base, and a
/// layer with the packages.
final class DebianImages implements AutoCloseable {
  private static final String INSTALL =
      """
      set -e
      rm -f /etc/apt/apt.conf.d/docker-clean
      printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
      chmod +x /usr/sbin/policy-rc.d
      apt-get -qq update
      DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
        -o APT::Keep-Downloaded-Packages=true $PACKAGES
      rm -rf /var/lib/apt/lists/*
      """;

  private final Path folder;
  private final Path layout;
  private boolean hasBase;

  /// @param folder of the storage
  /// @param layout the OCI layout for the images
  DebianImages(Path folder, Path layout) {
    this.folder = folder;
    this.layout = layout;
  }

  /// Makes the base: Debian with the packages that every installation has.
  private void makeBase() throws IOException {
    hasBase = true;
    var tar = Files.createDirectories(folder).resolve("base.tar").toString();
    run(List.of("mmdebstrap", "--quiet", "--variant=minbase", "bookworm", tar));
    var container = buildah("from", "scratch");
    buildah("add", "--quiet", container, tar, "/");
    buildah("commit", "--quiet", "--rm", container, "base");
  }

  /// Makes an image of the base and packages.
  ///
  /// @param files a folder whose content is put into `/app`
  void make(RealImage image, Path files) throws IOException {
    if (!hasBase) {
      makeBase();
    }
    var container = buildah("from", "base");
    var cache = Files.createDirectories(folder.resolve("debs"));
    buildah(
        "run",
        "--isolation",
        "chroot",
        "--env",
        "PACKAGES=" + image.packages(),
        "--volume",
        cache + ":/var/cache/apt/archives",
        container,
        "--",
        "sh",
        "-c",
        INSTALL);
    buildah("copy", "--quiet", container, files.toString(), "/app");
    buildah("config", "--cmd", "[\"true\"]", container);
    if (!image.volume().isEmpty()) {
      buildah("config", "--volume", image.volume(), container);
    }
    buildah("commit", "--quiet", "--rm", container, image.name());
    buildah("push", "--quiet", image.name(), "oci:" + layout + ":" + image.name());
  }

  private String buildah(String... words) {
    var command = new ArrayList<>(List.of("buildah"));
    command.addAll(List.of("--root", folder.resolve("storage").toString()));
    command.addAll(List.of("--runroot", folder.resolve("run").toString()));
    command.addAll(List.of(words));
    return run(command);
  }

  private static String run(List<String> words) {
    var result = Command.run(Map.of(), words);
    assertEquals(0, result.exit(), () -> words + "\n" + result.all());
    return result.out().strip();
  }

  @Override
  public void close() {
    if (hasBase) {
      buildah("rm", "--all");
      buildah("rmi", "--all", "--force");
    }
  }
}
