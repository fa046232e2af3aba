package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImageKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The command `testudo image keygen`.
@Command(
    name = "keygen",
    description = {
      "Generates a key that signs images, and writes its public key to FILE.pub.",
      "The key is ECDSA on P-256 in PKCS#8, which cosign imports and OpenSSL reads. A passphrase encrypts it; without one, whoever can read the file can sign."
    })
final class ImageKeygenCommand implements Callable<Integer> {
  private final CliContext context;

  @Parameters(paramLabel = "FILE", description = "The file for the private key, mode 0600.")
  private Path file = Path.of("");

  @Mixin private PassphraseOption passphrase = new PassphraseOption();

  ImageKeygenCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var key = ImageKeys.generate(CasClientOptions.given("FILE", file), passphrase.read());
    var out = context.streams().out();
    out.println("private key " + file);
    out.println("public key " + ImageKeys.publicFile(file));
    out.println("key hash " + key);
    return 0;
  }
}
