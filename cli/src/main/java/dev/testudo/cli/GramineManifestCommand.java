package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.build.BuildOrder;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.gramine.EnclaveFolder;
import dev.testudo.cli.gramine.EnclaveReport;
import dev.testudo.cli.gramine.ServiceEnclave;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.mesh.FoundManifest;
import dev.testudo.cli.vm.PinnedFile;
import dev.testudo.gramine.GramineRelease;
import dev.testudo.gramine.elf.ElfFile;
import dev.testudo.gramine.manifest.FolderKey;
import dev.testudo.gramine.manifest.TrustedFile;
import dev.testudo.gramine.service.GramineService;
import dev.testudo.gramine.sigstruct.EnclaveKey;
import dev.testudo.gramine.sigstruct.Sigstruct;
import dev.testudo.image.oci.Platform;
import dev.testudo.policy.source.Problems;
import dev.testudo.trust.files.BoundedFile;
import dev.testudo.trust.files.Owned;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PrivateKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command `testudo gramine manifest`.
@Command(
    name = "manifest",
    description = {
      "Writes the manifest with which Gramine runs a service in an SGX enclave.",
      "Computes what SGX will measure of it, and signs it with --key. What of the service needs an"
          + " agent is refused: there is none in the enclave. The same inputs give the same bytes."
    })
final class GramineManifestCommand implements Callable<Integer> {
  private static final String LIBRARIES = "/usr/lib/x86_64-linux-gnu/gramine/";
  private static final int MOST_LIBOS_BYTES = 256 << 20;
  private static final int MOST_KEY_BYTES = 64 << 10;
  private static final String NO_SHIELD =
      "testudo: warning: under Gramine there is no network shield: nothing limits the connections"
          + " of the program, and only the program itself protects them";

  private final CliContext context;

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "FILE",
      required = true,
      description = "The service manifest.")
  private Path manifest = Path.of("");

  @Option(
      names = "--image",
      paramLabel = "IMAGE",
      description = "Its confidential image (default: the one that `testudo apply` built last).")
  private @Nullable String image;

  @Option(
      names = {"-t", "--target-directory"},
      paramLabel = "DIR",
      description = "The directory in which `apply` has recorded the image (default: `target`).")
  private @Nullable Path target;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      required = true,
      description = "The folder to write to, in which Gramine is started.")
  private Path out = Path.of("");

  @Option(
      names = "--release",
      paramLabel = "N",
      required = true,
      description = "The release of Gramine: 1.8 or 1.9.")
  private String release = "";

  @Option(
      names = "--libpal",
      paramLabel = "FILE[@sha256:DIGEST]",
      defaultValue = LIBRARIES + "sgx/libpal.so",
      description = "libpal.so of this release (default: that of its package).")
  private String libpal = "";

  @Option(
      names = "--libos",
      paramLabel = "FILE[@sha256:DIGEST]",
      defaultValue = LIBRARIES + "libsysdb.so",
      description =
          "libsysdb.so of this release, where Gramine will find it (default: that of its package).")
  private String libos = "";

  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = "rootfs",
      description = "Where Gramine will find the files of the image (default: rootfs).")
  private String root = "";

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "A PEM file with the key that signs: RSA, 3072 bits, exponent 3.")
  private @Nullable Path key;

  @Option(
      names = "--tmpfs",
      paramLabel = "PATH",
      description =
          "A folder in memory, besides /tmp, /var/tmp and /run. Can be given several times.")
  private List<String> inMemory = new ArrayList<>();

  @Option(
      names = "--volume-key",
      paramLabel = "mrenclave|mrsigner",
      description =
          "Accepts that the key of volumes is the processor's: for this enclave, or all of its signer.")
  private @Nullable String volumeKey;

  @Mixin private EnclaveOptions enclave = new EnclaveOptions();
  @Mixin private InsecureOption insecure = new InsecureOption();
  @Mixin private JsonOption json = new JsonOption();

  GramineManifestCommand(CliContext context) {
    this.context = context;
  }

  /// A manifest and what it asks for.
  private record Asked(FoundManifest found, BuildOrder order, GramineService service) {}

  /// What an enclave is made of besides the service.
  private record Parts(
      GramineRelease release, PinnedFile.Content library, PinnedFile.Content libos) {
    ServiceEnclave.Gramine gramine() throws IOException {
      return new ServiceEnclave.Gramine(
          release,
          ElfFile.read(library.path().toString(), library.bytes()),
          new TrustedFile(libos.path().toString(), libos.sha256()));
    }
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var choices = choices();
    var known =
        GramineRelease.parse(release)
            .orElseThrow(
                () ->
                    CommandFailed.usage(
                        "what SGX measures of Gramine `%s` is not known; `--release` takes %s"
                            .formatted(release, GramineRelease.known())));
    var asked = asked();
    var signer = signer();
    var parts =
        new Parts(
            known,
            PinnedFile.parse(libpal).read(ElfFile.MOST_BYTES),
            PinnedFile.parse(libos).read(MOST_LIBOS_BYTES));
    var place =
        image == null
            ? ServiceImagePlace.built(asked.found(), asked.order(), Optional.ofNullable(target))
            : ServiceImagePlace.named(image);
    try (var client = insecure.client(context);
        var opened = new ImagePlaces(client).open(place.location())) {
      var made =
          ServiceEnclave.of(
              opened.source(),
              place.read(opened, Platform.linux("amd64")),
              ImagePlaces.cache(context.environment()),
              asked.service(),
              parts.gramine(),
              choices);
      var folder = new EnclaveFolder(out);
      folder.write(made, signer.map(with -> Sigstruct.sign(made.identity(), with)));
      report(place, parts, made, signer);
    }
    return 0;
  }

  private ServiceEnclave.Choices choices() throws CommandFailed {
    for (var path : inMemory) {
      if (!path.startsWith("/") || path.equals("/") || !isPlain(path)) {
        throw CommandFailed.usage(
            "`--tmpfs` takes an absolute path without `.` and `..`, not `%s`".formatted(path));
      }
    }
    if (!isPlain(root)) {
      throw CommandFailed.usage(
          "`--root` takes a path without `.` and `..`, not `%s`".formatted(root));
    }
    return new ServiceEnclave.Choices(root, inMemory, enclave.enclave());
  }

  /// Returns whether a path can be only one place.
  private static boolean isPlain(String path) {
    return !path.isEmpty()
        && !path.startsWith("..")
        && Path.of(path).normalize().toString().equals(path);
  }

  /// Reads the manifest, and reports everything that is wrong with it or does not exist in an
  /// enclave.
  private Asked asked() throws IOException, CommandFailed {
    Optional<FolderKey> accepted = Optional.empty();
    if (volumeKey != null) {
      accepted = FolderKey.parse(volumeKey);
      if (accepted.isEmpty()) {
        throw CommandFailed.usage(
            "`--volume-key` takes %s, not `%s`".formatted(FolderKey.words(), volumeKey));
      }
    }
    var findings = new Findings(context.streams().err());
    var found = ServiceImagePlace.manifest(manifest, findings);
    var problems = new Problems();
    var service = problems.take(GramineService.of(found.manifest(), accepted));
    var order = problems.take(BuildOrder.of(found));
    return findings.need(
        problems.result(() -> new Asked(found, order.orElseThrow(), service.orElseThrow())));
  }

  private Optional<EnclaveKey> signer() throws IOException, CommandFailed {
    if (key == null) {
      return Optional.empty();
    }
    var path = CasClientOptions.given("--key", key);
    if (!Files.exists(path)) {
      throw CommandFailed.environment("there is no key %s".formatted(path));
    }
    Owned.requireSecret(path.toRealPath());
    try {
      var text = new String(BoundedFile.read(path, MOST_KEY_BYTES), UTF_8);
      return Optional.of(EnclaveKey.of(PrivateKeys.fromPem(text)));
    } catch (PkiException e) {
      throw CommandFailed.environment(
          "%s is not a key that can sign: %s".formatted(path, e.getMessage()));
    }
  }

  private void report(
      ServiceImagePlace place, Parts parts, ServiceEnclave made, Optional<EnclaveKey> signer) {
    context.streams().err().println(NO_SHIELD);
    var folder = new EnclaveFolder(out);
    var report = EnclaveReport.of(made.identity(), signer);
    var trusted = made.files().visible().trusted().size();
    if (json.isGiven()) {
      var object =
          report
              .json()
              .put("manifest", folder.manifest().toString())
              .put("bytes", made.manifest().length())
              .put("files", trusted)
              .put("left_out", made.files().leftOut())
              .put("image", place.toString())
              .put("release", parts.release().text())
              .put("libpal", parts.library().path().toString())
              .put("libpal_sha256", parts.library().sha256())
              .put("libos", parts.libos().path().toString())
              .put("libos_sha256", parts.libos().sha256());
      signer.ifPresent(_ -> object.put("signature", folder.signature().toString()));
      JsonOption.print(Json.write(object.build()), context.streams().out());
      return;
    }
    line("manifest", "%s, %d bytes".formatted(folder.manifest(), made.manifest().length()));
    signer.ifPresent(_ -> line("signature", folder.signature().toString()));
    line("image", place.toString());
    line("files", "%d, %d left out".formatted(trusted, made.files().leftOut()));
    line("gramine", parts.release().text());
    line("libpal", pinned(parts.library()));
    line("libos", pinned(parts.libos()));
    report.lines().forEach(context.streams().out()::println);
  }

  private static String pinned(PinnedFile.Content file) {
    return "%s@sha256:%s".formatted(file.path(), file.sha256());
  }

  private void line(String what, String value) {
    context.streams().out().println("%-12s %s".formatted(what, value));
  }
}
