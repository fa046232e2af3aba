package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.up.RunningCas;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo cas`: everything people ask of a CAS except sessions.
@Command(name = "cas", description = "Runs a CAS, or queries one.")
final class CasCommand extends CommandGroup {
  private CasCommand() {
    super(
        new TreeMap<>(
            Map.of(
                "backup", "Writes the store of a CAS to a file.",
                "init", "Creates the state of a CAS.",
                "rekey", "Changes the master key of a CAS.",
                "restore", "Puts a backup into a new state directory.",
                "serve", "Runs a CAS.")));
  }

  static CommandLine build(CliContext context) {
    var all = new CommandLine(new CasCommand());
    all.addSubcommand(new Attest(context));
    all.addSubcommand(new CasChartCommand(context));
    all.addSubcommand(new CasList(context));
    all.addSubcommand(new CasSetDefault(context));
    all.addSubcommand(new CasShow(context));
    all.addSubcommand(new ShowIdentification(context));
    all.addSubcommand(new Value(context));
    all.addSubcommand(new VerifyAuditLog(context));
    all.addSubcommand(new CasWhyCommand(context));
    return all;
  }

  /// The command `testudo cas attest`.
  @Command(
      name = "attest",
      description = {
        "Checks that a CAS has the expected key, and stores its address.",
        "It checks only the key, because there is no hardware evidence of a CAS yet. A CAS prints the hash of its key when it starts."
      })
  static final class Attest implements Callable<Integer> {
    private final CliContext context;

    @Parameters(paramLabel = "HOST:PORT", description = "The address of the CAS.")
    private String address = "";

    @Option(
        names = "--key",
        required = true,
        paramLabel = "HASH",
        description = "The hash of the key that the CAS must have.")
    private String key = "";

    @Mixin private JsonOption json = new JsonOption();

    Attest(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      var cas = new RunningCas(CasClientOptions.address(address), CasClientOptions.hash(key));
      var me = Identities.kept(KnownCas.identity(context));
      try (var client = new CasClient(cas.address(), cas.key(), me)) {
        var version = client.version();
        KnownCas.read(context).with(cas).write(context);
        tell(cas, version);
      }
      return 0;
    }

    private void tell(RunningCas cas, String version) {
      var out = context.streams().out();
      if (json.isGiven()) {
        var attested = cas.json().put("version", version).put("hardware_attested", false);
        JsonOption.print(attested, out);
        return;
      }
      out.println("CAS %s has key %s (not hardware attested)".formatted(cas.address(), cas.key()));
      out.println("version " + version);
    }
  }

  /// The command `testudo cas show-identification`.
  @Command(
      name = "show-identification",
      description = "Checks that a CAS has the expected key, and prints its hash.")
  static final class ShowIdentification implements Callable<Integer> {
    private final CliContext context;
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private CasClientOptions cas = new CasClientOptions();

    ShowIdentification(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      try (var client = cas.client(context)) {
        client.version();
        var key = cas.which(context).key();
        var out = context.streams().out();
        if (json.isGiven()) {
          JsonOption.print(new JsonBuilder().put("key_hash", key.text()), out);
        } else {
          out.println(key);
        }
      }
      return 0;
    }
  }

  /// The command `testudo cas value`.
  @Command(name = "value", description = "Prints the value of a public secret.")
  static final class Value implements Callable<Integer> {
    private final CliContext context;
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private CasClientOptions cas = new CasClientOptions();

    @Parameters(
        index = "0",
        paramLabel = "SESSION",
        description = "The session that has the secret.")
    private String session = "";

    @Parameters(index = "1", paramLabel = "SECRET", description = "The name of the secret.")
    private String secret = "";

    Value(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      try (var client = cas.client(context)) {
        var value = client.publicValue(session, secret);
        var out = context.streams().out();
        if (json.isGiven()) {
          JsonOption.print(new JsonBuilder().put("value", value), out);
        } else {
          out.print(value.endsWith("\n") ? value : value + "\n");
        }
        out.flush();
      }
      return 0;
    }
  }
}
