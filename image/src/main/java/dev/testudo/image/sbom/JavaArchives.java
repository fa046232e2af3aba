package dev.testudo.image.sbom;

import dev.testudo.image.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/// The jars of an image, and those inside of them (Spring Boot's `BOOT-INF/lib`, `WEB-INF/lib`). A
/// jar is what its `pom.properties` says; without one, what its manifest says, and otherwise what
/// its name says.
final class JavaArchives implements PackageReader {
  private static final Pattern JAR = Pattern.compile(".*\\.(jar|war|ear)");
  private static final Pattern POM = Pattern.compile("META-INF/maven/[^/]+/[^/]+/pom\\.properties");
  private static final String MANIFEST = "META-INF/MANIFEST.MF";
  private static final Pattern NAMED = Pattern.compile("(.+?)-(\\d[^/]*)");
  private static final int MAX_DEPTH = 3;
  private static final int MAX_ENTRIES = 200_000;
  private static final int MAX_SMALL = 256 << 10;
  private static final int MAX_NESTED = 64 << 20;
  private static final long MAX_UNPACKED = 2L << 30;

  @Override
  public boolean reads(String path) {
    return describes(path);
  }

  static boolean describes(String path) {
    return JAR.matcher(path).matches();
  }

  @Override
  public int limit() {
    return 128 << 20;
  }

  @Override
  public void read(String path, Digest layer, byte[] content, SbomFindings into)
      throws SbomException {
    new Reading(layer, into).archive(path, content, 0);
  }

  /// The reading of one file, with the limits of everything in it.
  private static final class Reading {
    private final Digest layer;
    private final SbomFindings into;
    private int entries;
    private long unpacked;

    Reading(Digest layer, SbomFindings into) {
      this.layer = layer;
      this.into = into;
    }

    void archive(String path, byte[] content, int depth) throws SbomException {
      var poms = new ArrayList<SoftwarePackage>();
      Optional<ControlText.Paragraph> manifest = Optional.empty();
      try (var zip = new ZipInputStream(new ByteArrayInputStream(content))) {
        for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
          if (++entries > MAX_ENTRIES) {
            throw new SbomException("more than %d entries".formatted(MAX_ENTRIES));
          }
          var name = entry.getName();
          if (POM.matcher(name).matches()) {
            pom(take(zip, entry, MAX_SMALL)).ifPresent(poms::add);
          } else if (name.equals(MANIFEST)) {
            manifest = Optional.of(ControlText.first(take(zip, entry, MAX_SMALL)));
          } else if (JAR.matcher(name).matches()) {
            nested(path + "!/" + name, take(zip, entry, MAX_NESTED), depth + 1);
          } else {
            skip(zip);
          }
        }
      } catch (IOException | IllegalArgumentException e) {
        throw new SbomException("not a readable archive", e);
      }
      add(path, poms, manifest);
    }

    private void nested(String path, byte[] content, int depth) {
      if (depth > MAX_DEPTH) {
        into.warn(path, "more than %d jars are in each other".formatted(MAX_DEPTH));
        return;
      }
      try {
        archive(path, content, depth);
      } catch (SbomException e) {
        into.warn(path, String.valueOf(e.getMessage()));
      }
    }

    private byte[] take(InputStream in, ZipEntry entry, int limit)
        throws IOException, SbomException {
      var bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw new SbomException(
            "an entry has more than %d bytes: %s".formatted(limit, entry.getName()));
      }
      count(bytes.length);
      return bytes;
    }

    /// Reads an entry without looking at it, because only then its size is known.
    private void skip(InputStream in) throws IOException, SbomException {
      var buffer = new byte[1 << 16];
      for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        count(n);
      }
    }

    private void count(int bytes) throws SbomException {
      unpacked += bytes;
      if (unpacked > MAX_UNPACKED) {
        throw new SbomException("more than %d bytes are in it".formatted(MAX_UNPACKED));
      }
    }

    private static Optional<SoftwarePackage> pom(byte[] content) {
      var pom = new Properties();
      try {
        pom.load(new StringReader(new String(content, StandardCharsets.UTF_8)));
      } catch (IOException | IllegalArgumentException e) {
        return Optional.empty();
      }
      var group = pom.getProperty("groupId", "").strip();
      var name = pom.getProperty("artifactId", "").strip();
      var version = pom.getProperty("version", "").strip();
      return name.isEmpty() || group.isEmpty()
          ? Optional.empty()
          : Optional.of(SoftwarePackage.of("maven", group, name, version, List.of()));
    }

    /// A jar that contains others (shaded) has several poms, and each of them is a package.
    private void add(
        String path, List<SoftwarePackage> poms, Optional<ControlText.Paragraph> manifest) {
      if (!poms.isEmpty()) {
        poms.forEach(pom -> into.add(pom, path, layer));
        return;
      }
      into.add(byNames(path, manifest), path, layer);
    }

    private static SoftwarePackage byNames(String path, Optional<ControlText.Paragraph> manifest) {
      var file = path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.[a-z]+$", "");
      var named = NAMED.matcher(file);
      var name = named.matches() ? named.group(1) : file;
      var version = named.matches() ? named.group(2) : "";
      for (var field : List.of("Implementation-Version", "Bundle-Version")) {
        var stated = manifest.map(fields -> fields.first(field)).orElse("");
        if (version.isEmpty() && !stated.isEmpty()) {
          version = stated;
        }
      }
      var group = manifest.map(fields -> fields.first("Implementation-Vendor-Id")).orElse("");
      // A package URL of Maven needs a group.
      var type = group.isEmpty() ? "generic" : "maven";
      return SoftwarePackage.of(type, group, name, version, licences(manifest));
    }

    private static List<String> licences(Optional<ControlText.Paragraph> manifest) {
      var stated = manifest.map(fields -> fields.first("Bundle-License")).orElse("");
      return stated.isEmpty() || stated.length() > MAX_SMALL / 1024
          ? List.of()
          : List.of(stated.replace("\n", ""));
    }
  }
}
