package dev.testudo.cli.build;

import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.policy.deployment.EncryptedRegion;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
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
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The folders of an image whose files are encrypted (`dirs`). What `copy` would bring there goes
/// into a volume instead, which is in the image.
record EncryptedFolders(List<Text> folders) {
  /// The folder of the image that has the volume.
  static final String PLACE = "/usr/lib/testudo/files";

  private static final int EXECUTABLE = 0755;
  private static final int PLAIN = 0644;

  EncryptedFolders {
    folders = List.copyOf(folders);
  }

  private boolean contain(Path path) {
    return folders.stream().anyMatch(folder -> path.startsWith(folder.value()));
  }

  /// Returns the files that are not encrypted.
  Map<Path, Path> plain(Map<Path, Path> copies) {
    var plain = new TreeMap<>(copies);
    plain.keySet().removeIf(this::contain);
    return plain;
  }

  /// Writes the encrypted files.
  ///
  /// @param copies all files that are copied, by their path in the image
  /// @param key 64 hexadecimal digits
  /// @param volume an empty directory for the volume
  /// @return empty if there are no such files
  Optional<EncryptedRegion> write(Map<Path, Path> copies, String key, Path volume)
      throws IOException {
    var entries = new ArrayList<VolumeEntry>();
    for (var copy : copies.entrySet()) {
      if (contain(copy.getKey())) {
        entries.add(entry(copy.getKey(), copy.getValue()));
      }
    }
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    try (var secret = Secret.taking(HexFormat.of().parseHex(key))) {
      var tag =
          VolumeWriter.write(entries, VolumeProtection.ENCRYPTED, secret, VolumeSink.into(volume));
      return Optional.of(new EncryptedRegion(PLACE, key, Optional.of(tag.hex())));
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

  /// Checks that the image has nothing in these folders: the layers of an image can be read by
  /// everybody who gets it.
  void check(ImageTree tree, Map<Path, Path> copies, Problems problems) {
    for (var folder : folders) {
      tree.files().stream()
          .filter(located -> Path.of(located.path()).startsWith(folder.value()))
          .filter(located -> !(located.file().node() instanceof LayerNode.Directory))
          .findFirst()
          .ifPresent(
              located ->
                  problems.add(
                      wrong(
                              folder,
                              "`%s` is in a layer that is not encrypted".formatted(located.path()))
                          .labelled("only files of `copy` can be encrypted")
                          .helped("choose a folder that neither the base nor `run` fills")));
      if (copies.keySet().stream().noneMatch(path -> path.startsWith(folder.value()))) {
        problems.add(
            wrong(folder, "`copy` brings no file into `%s`".formatted(folder.quotable()))
                .helped("name the folder in the image, which begins with `pwd`"));
      }
    }
  }

  private static Diagnostic wrong(Text text, String message) {
    return Diagnostic.error(DiagnosticId.INVALID_VALUE, text.span(), message);
  }
}
