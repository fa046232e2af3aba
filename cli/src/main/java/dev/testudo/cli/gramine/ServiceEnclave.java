package dev.testudo.cli.gramine;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ContainerUser;
import dev.testudo.cli.image.ImageRecipe.ProgramCall;
import dev.testudo.gramine.GramineRelease;
import dev.testudo.gramine.elf.ElfFile;
import dev.testudo.gramine.manifest.GramineManifest;
import dev.testudo.gramine.manifest.GramineManifest.Enclave;
import dev.testudo.gramine.manifest.GramineManifest.Start;
import dev.testudo.gramine.manifest.TrustedFile;
import dev.testudo.gramine.measure.EnclaveMeasurement;
import dev.testudo.gramine.service.GramineService;
import dev.testudo.gramine.sigstruct.EnclaveIdentity;
import dev.testudo.image.build.ImageAccounts;
import dev.testudo.image.build.MeasuredContainer;
import dev.testudo.image.layer.ImageTree;
import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layer.LayerIndexing;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.policy.source.Printable;
import dev.testudo.policy.source.Text;
import dev.testudo.trust.attest.evidence.Octets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// An enclave of Gramine that runs a service of a confidential image. The same inputs give the same
/// bytes.
///
/// @param manifest the manifest for Gramine
/// @param files what the program sees
/// @param identity what SGX measures, and what is signed
public record ServiceEnclave(Octets manifest, EnclaveFiles files, EnclaveIdentity identity) {

  /// The release of Gramine.
  ///
  /// @param library its `libpal.so`
  /// @param libos its `libsysdb.so`
  public record Gramine(GramineRelease release, ElfFile library, TrustedFile libos) {}

  /// What the user has chosen.
  ///
  /// @param root where the files of the image will be on the host
  /// @param inMemory further folders in memory
  public record Choices(String root, List<String> inMemory, Enclave enclave) {
    /// Copies the list.
    public Choices {
      inMemory = List.copyOf(inMemory);
    }
  }

  /// Makes an enclave.
  ///
  /// @param source has the layers of `image`
  /// @param image a confidential container image
  /// @throws CommandFailed if the image lacks what the service needs
  /// @throws IOException if the image is not confidential, or has what no enclave can have
  public static ServiceEnclave of(
      BlobSource source,
      ImageParts image,
      LayerIndexCache cache,
      GramineService service,
      Gramine gramine,
      Choices choices)
      throws IOException, CommandFailed {
    var tree = ImageTree.of(LayerIndexing.of(source, image, cache));
    // Refuses images that are not confidential, or whose files are not what they say.
    MeasuredContainer.of(source, image, tree);
    var files = EnclaveFiles.of(tree, choices.root(), choices.inMemory(), service);
    var layers = image.manifest().layers();
    var directory = directory(tree, image, service, files);
    var command = service.command().stream().map(Text::value).toList();
    var call =
        new ProgramCall(
            command.getFirst(),
            Path.of(directory),
            Optional.ofNullable(service.environment().get("PATH")));
    var user = ContainerUser.of(image, ImageAccounts.read(source, layers, tree));
    var start =
        new Start(
            EnclaveProgram.find(tree, source, layers, call),
            command,
            service.environment(),
            directory,
            user.uid(),
            user.gid());
    var enclave = choices.enclave();
    var manifest =
        new GramineManifest(gramine.release(), gramine.libos(), start, files.visible(), enclave)
            .write();
    var mrenclave =
        EnclaveMeasurement.of(gramine.release(), enclave.shape(), manifest, gramine.library());
    return new ServiceEnclave(
        manifest,
        files,
        new EnclaveIdentity(
            mrenclave, enclave.faultAddresses(), enclave.product(), enclave.version()));
  }

  /// Returns the folder in which the program starts.
  private static String directory(
      ImageTree tree, ImageParts image, GramineService service, EnclaveFiles files)
      throws CommandFailed {
    var ofImage = image.config().container().workingDirectory();
    var written = service.directory().orElse(ofImage.isEmpty() ? "/" : ofImage);
    var folder = Path.of("/").resolve(written).normalize().toString();
    var exists =
        tree.find(folder).filter(located -> located.file().isDirectory()).isPresent()
            || files.visible().mounts().stream().anyMatch(mount -> mount.path().equals(folder));
    if (!exists) {
      throw CommandFailed.input(
          "the program starts in `%s`, and the image has no such folder"
              .formatted(Printable.of(folder)));
    }
    return folder;
  }
}
