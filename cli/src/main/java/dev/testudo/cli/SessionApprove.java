package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.approval.Approval;
import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.pki.DetachedSignature;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PublicKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo session approve`.
@Command(
    name = "approve",
    description = {
      "Adds a signature to a bundle.",
      "`testudo session status BUNDLE` shows what you sign. Give the hash that it prints, so that you sign only what you have seen.",
      "To sign elsewhere, such as with a smart card: --message prints the bytes to sign, and --signer and --signature add the result."
    })
final class SessionApprove implements Callable<Integer> {
  private static final int MOST_BYTES = 4096;
  private final CliContext context;

  @Parameters(paramLabel = "BUNDLE", description = "The bundle.")
  private Path file = Path.of("");

  @Option(
      names = "--hash",
      paramLabel = "HASH",
      description = "The hash of the session that you have seen (required).")
  private @Nullable String hash;

  @Option(names = "--message", description = "Prints the bytes to sign, and signs nothing.")
  private boolean printMessage;

  @Option(
      names = "--signer",
      paramLabel = "FILE",
      description = "The public key (PEM) of a signature that was made elsewhere.")
  private @Nullable Path signer;

  @Option(
      names = "--signature",
      paramLabel = "FILE",
      description =
          "The signature that was made elsewhere: 64 bytes for Ed25519, DER for ECDSA with SHA-384 (P-384) or SHA-256 (P-256).")
  private @Nullable Path signature;

  @Mixin private JsonOption json = new JsonOption();
  @Mixin private SigningKey key = new SigningKey();
  @Mixin private CasClientOptions cas = new CasClientOptions();

  SessionApprove(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    if (printMessage && json.isGiven()) {
      throw CommandFailed.usage("--message prints bytes, and no JSON");
    }
    var bundle = BundleFile.read(file);
    if (hash == null) {
      throw CommandFailed.usage(
          "look at what you sign with `testudo session status %s`, and give its --hash HASH"
              .formatted(file));
    }
    if (!bundle.message().hash().hex().equals(hash)) {
      throw CommandFailed.refused(
          "the bundle is not what you have seen: its hash is %s"
              .formatted(bundle.message().hash()));
    }
    if (printMessage) {
      context.streams().out().writeBytes(bundle.message().bytes());
      context.streams().out().flush();
      return 0;
    }
    BundleFile.demandCas(bundle, cas.which(context).key());
    var approval = approval(bundle);
    var signed = demandRoom(bundle, approval);
    BundleFile.write(file, signed);
    tell(signed, approval);
    return 0;
  }

  private void tell(SessionBundle signed, Approval approval) {
    var out = context.streams().out();
    if (json.isGiven()) {
      JsonOption.print(BundleFile.json(file, signed), out);
    } else {
      out.println("signed by " + approval.key().map(Object::toString).orElse("?"));
    }
  }

  private static SessionBundle demandRoom(SessionBundle bundle, Approval approval)
      throws CommandFailed {
    try {
      return bundle.with(approval);
    } catch (IllegalArgumentException e) {
      throw CommandFailed.input(
          "a bundle has at most %d signatures".formatted(SessionBundle.MOST_APPROVALS));
    }
  }

  private Approval approval(SessionBundle bundle) throws IOException, CommandFailed {
    if (signer == null && signature == null) {
      return key.sign(bundle.message(), cas, context);
    }
    if (signer == null || signature == null) {
      throw CommandFailed.usage("--signer and --signature belong together");
    }
    try {
      var publicKey = PublicKeys.fromPem(new String(small(signer), UTF_8));
      var bytes = small(signature);
      if (!DetachedSignature.verifies(publicKey, bundle.message().bytes(), bytes)) {
        throw CommandFailed.refused(
            "%s is no signature of this bundle by %s".formatted(signature, signer));
      }
      return Approval.of(publicKey, bytes);
    } catch (PkiException e) {
      throw CommandFailed.input("%s: %s".formatted(signer, e.getMessage()));
    }
  }

  private static byte[] small(@Nullable Path file) throws IOException, CommandFailed {
    var path = Optional.ofNullable(file).orElseThrow();
    if (Files.size(path) > MOST_BYTES) {
      throw CommandFailed.input("%s is too long".formatted(path));
    }
    return Files.readAllBytes(path);
  }
}
