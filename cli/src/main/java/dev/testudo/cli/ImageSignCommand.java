package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImageKeys;
import dev.testudo.cli.image.ImagePlaces;
import dev.testudo.cli.image.SignatureIdentity;
import dev.testudo.image.oci.SignatureTag;
import dev.testudo.image.signature.ImageSignatures;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo image sign`.
@Command(
    name = "sign",
    description = {
      "Signs an image, and stores the signature beside it.",
      "cosign, podman and skopeo verify it. Signatures by other keys stay. Of an image for several architectures, the index is signed.",
      "An image is `oci:DIRECTORY[:TAG]`, or a name in a registry."
    })
final class ImageSignCommand implements Callable<Integer> {
  private final CliContext context;

  @Parameters(index = "0", paramLabel = "IMAGE", description = "The image to sign.")
  private String image = "";

  @Option(
      names = "--key",
      paramLabel = "FILE",
      required = true,
      description = "The private key, see `testudo image keygen`.")
  private Path key = Path.of("");

  @Mixin private PassphraseOption passphrase = new PassphraseOption();

  @Option(
      names = "--sign-identity",
      paramLabel = "REPOSITORY",
      description =
          "The repository for which the signature is valid (default: that of the image in its registry).")
  private @Nullable String identity;

  @Mixin private InsecureOption insecure = new InsecureOption();
  @Mixin private JsonOption json = new JsonOption();

  ImageSignCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var location = ImagePlaces.location(image);
    var repository = SignatureIdentity.of(location, Optional.ofNullable(identity));
    var signer = ImageKeys.read(CasClientOptions.given("--key", key), passphrase.read());
    try (var client = insecure.client(context)) {
      var places = new ImagePlaces(client);
      try (var opened = places.open(location);
          var store = places.store(location)) {
        var digest = store.manifest(opened.reference()).descriptor().digest();
        ImageSignatures.sign(store, repository, digest, signer);
        var out = context.streams().out();
        if (json.isGiven()) {
          var object =
              new JsonBuilder()
                  .put("image", location.toString())
                  .put("digest", digest.toString())
                  .put("identity", repository)
                  .put("key", signer.toString())
                  .put("tag", SignatureTag.of(digest).tag());
          JsonOption.print(Json.write(object.build()), out);
        } else {
          out.println("%-12s %s@%s".formatted("image", location, digest));
          out.println("%-12s for %s by the key %s".formatted("signature", repository, signer));
        }
      }
    }
    return 0;
  }
}
