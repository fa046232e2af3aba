package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.pki.EncryptionPublicKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo session encrypt`.
@Command(
    name = "encrypt",
    description = {
      "Encrypts a bundle so that only its CAS can read it.",
      "Whoever gets the file can bring it to CAS with `testudo session update --bundle`, and learns nothing of the session. The signatures in the bundle decide whether CAS registers it."
    })
final class SessionEncrypt implements Callable<Integer> {
  private final CliContext context;

  @Parameters(
      paramLabel = "BUNDLE",
      description = "The bundle that `testudo session sign` has made.")
  private Path file = Path.of("");

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description =
          "The encryption key of the CAS, as `testudo cas show` prints it; without this option, the CAS is asked.")
  private @Nullable String key;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "The file to write (default: BUNDLE with `.encrypted` appended).")
  private @Nullable Path output;

  @Mixin private JsonOption json = new JsonOption();
  @Mixin private CasClientOptions cas = new CasClientOptions();

  SessionEncrypt(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var bundle = BundleFile.read(file);
    var target =
        output == null
            ? file.resolveSibling(file.getFileName() + ".encrypted")
            : CasClientOptions.given("--output", output);
    BundleFile.writeEncrypted(target, bundle, recipient(bundle));
    var out = context.streams().out();
    if (json.isGiven()) {
      JsonOption.print(new JsonBuilder().put("encrypted", target.toString()), out);
    } else {
      out.println("encrypted " + target);
    }
    return 0;
  }

  private EncryptionPublicKey recipient(SessionBundle bundle) throws IOException, CommandFailed {
    if (key != null) {
      return EncryptionPublicKey.parse(key)
          .orElseThrow(
              () -> CommandFailed.usage("--key takes 64 hexadecimal digits in lower case"));
    }
    BundleFile.demandCas(bundle, cas.which(context).key());
    try (var client = cas.client(context)) {
      return client.encryptionKey();
    }
  }
}
