package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo identity`: the keys by which CAS knows people.
@Command(
    name = "identity",
    description = {
      "Creates and shows identities: the keys that you use with a CAS.",
      "Access policies name an identity by its key hash."
    })
final class IdentityCommand extends CommandGroup {

  static CommandLine build(CliContext context) {
    var all = new CommandLine(new IdentityCommand());
    all.addSubcommand(new Create(context));
    all.addSubcommand(new Show(context));
    all.addSubcommand(new Rotate(context));
    return all;
  }

  /// The argument that selects the identity.
  private static final class FileArgument {
    @Parameters(
        arity = "0..1",
        paramLabel = "FILE",
        description =
            "The PEM file with the key and its certificate (default: the one in $TESTUDO_CONFIG, else in ~/.config/testudo).")
    private @Nullable Path file;

    Path file(CliContext context) throws CommandFailed {
      return file == null ? KnownCas.identity(context) : CasClientOptions.given("FILE", file);
    }
  }

  private static JsonBuilder json(Path file, Identity identity) {
    return new JsonBuilder()
        .put("file", file.toString())
        .put("key_hash", identity.keyHash().text())
        .put("valid_until", identity.certificate().getNotAfter().toInstant().toString());
  }

  private static void print(CliContext context, Path file, Identity identity) {
    var out = context.streams().out();
    var end = identity.certificate().getNotAfter().toInstant();
    out.println("identity " + file);
    out.println("key hash " + identity.keyHash());
    out.println("valid until " + end + (end.isBefore(Instant.now()) ? " (has expired)" : ""));
  }

  /// The command `testudo identity create`.
  @Command(name = "create", description = "Creates an identity, unless there is one.")
  static final class Create implements Callable<Integer> {
    private final CliContext context;
    @Mixin private FileArgument argument = new FileArgument();
    @Mixin private JsonOption json = new JsonOption();

    Create(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      var file = argument.file(context);
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw CommandFailed.input(
            "%s exists already; `testudo identity show %s` prints its key hash"
                .formatted(file, file));
      }
      var made = Identities.make(file);
      if (json.isGiven()) {
        JsonOption.print(json(file, made), context.streams().out());
      } else {
        print(context, file, made);
      }
      return ExitCode.DONE.number();
    }
  }

  /// The command `testudo identity show`.
  @Command(name = "show", description = "Prints the key hash of an identity and its expiry date.")
  static final class Show implements Callable<Integer> {
    private final CliContext context;
    @Mixin private FileArgument argument = new FileArgument();

    @Option(names = "--key-hash", description = "Prints only the key hash.")
    private boolean onlyHash;

    @Mixin private JsonOption json = new JsonOption();

    Show(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      var file = argument.file(context);
      var identity = Identities.read(file);
      if (json.isGiven()) {
        var hash = new JsonBuilder().put("key_hash", identity.keyHash().text());
        JsonOption.print(onlyHash ? hash : json(file, identity), context.streams().out());
      } else if (onlyHash) {
        context.streams().out().println(identity.keyHash());
      } else {
        print(context, file, identity);
      }
      return ExitCode.DONE.number();
    }
  }

  /// The command `testudo identity rotate`.
  @Command(
      name = "rotate",
      description = {
        "Replaces the key of an identity and keeps the old one in FILE.old.",
        "CAS identifies callers by their keys. Use the old key to add the new one to access policies."
      })
  static final class Rotate implements Callable<Integer> {
    private final CliContext context;
    @Mixin private FileArgument argument = new FileArgument();
    @Mixin private JsonOption json = new JsonOption();

    Rotate(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      var file = argument.file(context);
      var before = Identities.read(file);
      var old = file.resolveSibling(file.getFileName() + ".old");
      if (Files.exists(old, LinkOption.NOFOLLOW_LINKS)) {
        throw CommandFailed.input(
            "%s still exists; remove it once no policy names its key".formatted(old));
      }
      PrivateFiles.replace(old, Files.readAllBytes(file));
      tell(file, Identities.make(file), old, before.keyHash());
      return ExitCode.DONE.number();
    }

    private void tell(Path file, Identity made, Path old, KeyHash before) {
      var out = context.streams().out();
      if (json.isGiven()) {
        var both = json(file, made).put("old_file", old.toString());
        JsonOption.print(both.put("old_key_hash", before.text()), out);
        return;
      }
      print(context, file, made);
      out.println("sessions that name %s still require the key in %s".formatted(before, old));
    }
  }
}
