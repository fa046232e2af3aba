package dev.testudo.cli.build;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.image.oci.Digest;
import dev.testudo.policy.deployment.ProtectedRegion;
import dev.testudo.policy.manifest.Build;
import dev.testudo.policy.source.Text;
import dev.testudo.trust.files.WriteFailure;
import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeEntry;
import dev.testudo.volume.VolumeProtection;
import dev.testudo.volume.VolumeSink;
import dev.testudo.volume.sealed.VolumeWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The files of `copy` that go into a volume of the image instead of a layer: those in folders of
/// `dirs`, which nobody may read, and those of `fs_dirs` and `fs_files`, which nobody may change
/// unnoticed. An image has one volume. It is encrypted if a file of `dirs` is in it.
///
/// @param encrypted the folders of `dirs`
/// @param authenticated the paths of `fs_dirs` and `fs_files`
/// @param excepted paths that stay in a layer also within `authenticated`: programs, which the
///     kernel starts, and what is not protected
record SealedFolders(List<Text> encrypted, List<Text> authenticated, Set<Path> excepted) {
  /// The folder of the image that has the volume.
  static final String PLACE = "/usr/lib/testudo/files";

  private static final String READABLE = "testudo-volume-v1 key of files that are no secret\n";
  private static final int EXECUTABLE = 0755;
  private static final int PLAIN = 0644;

  SealedFolders {
    encrypted = List.copyOf(encrypted);
    authenticated = List.copyOf(authenticated);
    excepted = Set.copyOf(excepted);
  }

  /// Returns the folders of a manifest.
  ///
  /// @param programs where the program of the service may be
  /// @param unprotected the paths that are not measured
  static SealedFolders of(
      Build.Files files, Collection<Path> programs, Collection<Path> unprotected) {
    var excepted = new ArrayList<>(programs);
    excepted.addAll(unprotected);
    files.binaries().forEach(binary -> excepted.add(Path.of(binary.value())));
    return new SealedFolders(files.encrypted(), files.authenticated().all(), Set.copyOf(excepted));
  }

  /// Returns the key of files that everybody may read, 64 hexadecimal digits. It need not be
  /// secret, because nobody makes another volume with the same tag, also with the key. So it
  /// depends only on the name of the image, and the same input gives the same image everywhere.
  ///
  /// @param image the name of the image, without tag
  static String readableKey(String image) {
    return Digest.of((READABLE + image).getBytes(UTF_8)).hex();
  }

  private boolean isEncrypted(Path path) {
    return contain(encrypted, path);
  }

  private boolean isAuthenticated(Path path) {
    return contain(authenticated, path)
        && !isEncrypted(path)
        && excepted.stream().noneMatch(path::startsWith);
  }

  private static boolean contain(List<Text> folders, Path path) {
    return folders.stream().anyMatch(folder -> path.startsWith(folder.value()));
  }

  /// Returns the files that stay in a layer.
  Map<Path, Path> plain(Map<Path, Path> copies) {
    return only(copies, path -> !isEncrypted(path) && !isAuthenticated(path));
  }

  /// Returns the files that everybody may read and nobody may change unnoticed.
  Map<Path, Path> readable(Map<Path, Path> copies) {
    return only(copies, this::isAuthenticated);
  }

  private static Map<Path, Path> only(Map<Path, Path> copies, Predicate<Path> which) {
    var some = new TreeMap<>(copies);
    some.keySet().removeIf(which.negate());
    return some;
  }

  /// Returns where a protected file or folder is named.
  Optional<Text> naming(Path path) {
    return all().filter(text -> path.startsWith(text.value())).findFirst();
  }

  /// Returns all names of protected files and folders.
  Stream<Text> all() {
    return Stream.concat(encrypted.stream(), authenticated.stream());
  }

  /// Writes the volume.
  ///
  /// @param copies all files that are copied, by their path in the image
  /// @param secretKey the key if something is encrypted, 64 hexadecimal digits
  /// @param readableKey the key if nothing is
  /// @param volume an empty directory for the volume
  /// @return empty if there are no such files
  /// @throws IllegalArgumentException if a volume cannot have them; the message says why
  Optional<ProtectedRegion> write(
      Map<Path, Path> copies, String secretKey, String readableKey, Path volume)
      throws IOException {
    var entries = new ArrayList<VolumeEntry>();
    for (var copy : only(copies, p -> isEncrypted(p) || isAuthenticated(p)).entrySet()) {
      entries.add(entry(copy.getKey(), copy.getValue()));
    }
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    boolean secret = copies.keySet().stream().anyMatch(this::isEncrypted);
    var protection = secret ? VolumeProtection.ENCRYPTED : VolumeProtection.AUTHENTICATED_ONLY;
    var key = secret ? secretKey : readableKey;
    try (var bytes = Secret.taking(HexFormat.of().parseHex(key))) {
      var tag = VolumeWriter.write(entries, protection, bytes, VolumeSink.into(volume));
      return Optional.of(new ProtectedRegion(PLACE, key, Optional.of(tag.hex()), secret));
    } catch (IOException e) {
      throw WriteFailure.isFull(e) ? WriteFailure.at(volume, e) : e;
    }
  }

  private static VolumeEntry entry(Path path, Path file) throws IOException {
    var mode = Files.isExecutable(file) ? EXECUTABLE : PLAIN;
    return new VolumeEntry.RegularFile(
        path.toString(), mode, Files.size(file), () -> Files.newInputStream(file));
  }

  /// Returns the files of a volume by their path in the image.
  static Map<Path, Path> inImage(Path volume) throws IOException {
    var files = new TreeMap<Path, Path>();
    try (var all = Files.list(volume)) {
      all.forEach(file -> files.put(Path.of(PLACE).resolve(volume.relativize(file)), file));
    }
    return files;
  }
}
