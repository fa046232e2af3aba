package dev.testudo.cli.gramine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.gramine.GramineException;
import dev.testudo.gramine.manifest.GramineManifest.VisibleFiles;
import dev.testudo.gramine.manifest.ManifestMount;
import dev.testudo.gramine.manifest.TrustedFile;
import dev.testudo.gramine.service.GramineService;
import dev.testudo.gramine.service.GramineService.FixedFile;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What a program in an enclave sees: the files of its image, files with a fixed content, folders
/// in memory, folders that are kept.
///
/// @param visible what the manifest says
/// @param fixed the files with a fixed content; each is written where [#place] says
/// @param leftOut how many entries of the image are not listed
public record EnclaveFiles(VisibleFiles visible, List<FixedFile> fixed, int leftOut) {
  /// The folders that are in memory anyway.
  private static final List<String> ALWAYS_IN_MEMORY = List.of("/run", "/tmp", "/var/tmp");

  private static final String FIXED = "fixed";
  private static final String VOLUMES = "volumes";

  /// Copies the list.
  public EnclaveFiles {
    fixed = List.copyOf(fixed);
  }

  /// Lists what the program sees.
  ///
  /// @param root where the files of the image will be on the host
  /// @param inMemory further folders in memory
  /// @throws GramineException if the image has what a manifest cannot have
  /// @throws CommandFailed if two things are at the same path
  public static EnclaveFiles of(
      ImageTree tree, String root, List<String> inMemory, GramineService service)
      throws GramineException, CommandFailed {
    var memory = new TreeSet<>(ALWAYS_IN_MEMORY);
    memory.addAll(inMemory);
    var listed = ListedImage.of(tree, root.equals("/") ? "" : root, memory);
    var mounts = new ArrayList<>(listed.mounts());
    var trusted = new ArrayList<>(listed.trusted());
    memory.forEach(path -> mounts.add(new ManifestMount.InMemory(path)));
    for (var folder : service.folders()) {
      mounts.add(
          new ManifestMount.EncryptedFolder(
              folder.path(), VOLUMES + "/" + folder.name(), folder.key()));
    }
    for (var i = 0; i < service.files().size(); i++) {
      var file = service.files().get(i);
      mounts.add(new ManifestMount.HostFiles(file.path(), place(i)));
      trusted.add(new TrustedFile(place(i), sha256(file)));
    }
    mounts.sort(Comparator.comparing(ManifestMount::path));
    requireDistinct(mounts);
    return new EnclaveFiles(
        new VisibleFiles(root, mounts, trusted), service.files(), listed.leftOut());
  }

  /// Returns where a file with a fixed content is, relative to where Gramine is started.
  public static String place(int number) {
    return FIXED + "/" + number;
  }

  private static String sha256(FixedFile file) {
    return Octets.of(Measurement.sha256().digest(file.content().getBytes(UTF_8))).hex();
  }

  private static void requireDistinct(List<ManifestMount> mounts) throws CommandFailed {
    Set<String> paths = new TreeSet<>();
    for (var mount : mounts) {
      if (!paths.add(mount.path())) {
        throw CommandFailed.input(
            "two things are at `%s`: folders in memory, volumes, injected files and links need different paths"
                .formatted(mount.path()));
      }
    }
  }
}
