package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.JoinTokenStatus;
import dev.testudo.trust.channel.NewJoinToken;
import dev.testudo.trust.json.JsonBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo token`: the join tokens of a service.
@Command(
    name = "token",
    description = {
      "Creates, lists and revokes the join tokens of a service.",
      "If the policy of a service says `join_token: required`, the service presents a token when it starts."
    })
final class TokenCommand extends CommandGroup {

  static CommandLine build(CliContext context) {
    var all = new CommandLine(new TokenCommand());
    all.addSubcommand(new Create(context));
    all.addSubcommand(new ListThem(context));
    all.addSubcommand(new Revoke(context));
    return all;
  }

  /// The argument that selects the service.
  private static final class ServiceArgument {
    @Parameters(
        index = "0",
        paramLabel = "SESSION/SERVICE",
        description = "The service and its session.")
    private String service = "";

    ServiceId id() throws CommandFailed {
      return ServiceId.parse(service)
          .orElseThrow(() -> CommandFailed.usage("`" + service + "` is not SESSION/SERVICE"));
    }
  }

  /// The command `testudo token create`.
  @Command(
      name = "create",
      description = {
        "Creates a join token and prints it.",
        "CAS stores only the hash, so this is the only time that the token is shown. It goes to standard output, or to a file that only you can read."
      })
  static final class Create implements Callable<Integer> {
    private final CliContext context;
    @Mixin private ServiceArgument service = new ServiceArgument();

    @Option(
        names = "--uses",
        defaultValue = "1",
        paramLabel = "N",
        description = "How many instances may start with the token (default: 1).")
    private int uses;

    @Option(
        names = "--valid-for",
        defaultValue = "1 hour",
        paramLabel = "TIME",
        description = "How long the token is valid: `10 min`, `12h`, `30 days` (default: 1 hour).")
    private String validFor = "";

    @Option(
        names = {"-o", "--output"},
        paramLabel = "FILE",
        description = "The file for the token, instead of standard output.")
    private @Nullable Path output;

    @Mixin private JsonOption json = new JsonOption();
    @Mixin private CasClientOptions cas = new CasClientOptions();

    Create(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      var id = service.id();
      var order = TokenOrders.of(uses, validFor);
      try (var client = cas.client(context);
          var token = client.createJoinToken(id, order)) {
        if (output != null) {
          MeshTokens.write(token, output);
        }
        if (json.isGiven()) {
          printJson(token);
        } else {
          print(id, token);
        }
      }
      return 0;
    }

    private void print(ServiceId id, NewJoinToken token) {
      var out = context.streams().out();
      if (output == null) {
        var _ =
            token
                .value()
                .reveal(
                    bytes -> {
                      out.write(bytes, 0, bytes.length);
                      out.println();
                      return out;
                    });
      }
      context
          .streams()
          .err()
          .println(
              "token %s of %s: %s, until %s"
                  .formatted(token.id(), id, MeshTokens.uses(uses), token.expires()));
    }

    private void printJson(NewJoinToken token) {
      var out = context.streams().out();
      if (output == null) {
        JsonOption.print(token.encode(), out);
        return;
      }
      JsonOption.print(
          new JsonBuilder()
              .put("id", token.id())
              .put("file", output.toString())
              .put("expires", token.expires().toString()),
          out);
    }
  }

  /// The command `testudo token list`.
  @Command(name = "list", description = "Lists the join tokens of a service, without their values.")
  static final class ListThem implements Callable<Integer> {
    private final CliContext context;
    @Mixin private ServiceArgument service = new ServiceArgument();
    @Mixin private JsonOption json = new JsonOption();
    @Mixin private CasClientOptions cas = new CasClientOptions();

    ListThem(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      try (var client = cas.client(context)) {
        var tokens = client.joinTokens(service.id());
        var out = context.streams().out();
        if (json.isGiven()) {
          JsonOption.print(JoinTokenStatus.encode(tokens), out);
        } else {
          tokens.forEach(token -> print(token, out));
        }
      }
      return 0;
    }

    private static void print(JoinTokenStatus token, PrintStream out) {
      out.println(
          "%s  %d of %d uses left, until %s, made %s by %s"
              .formatted(
                  token.id(),
                  token.left(),
                  token.uses(),
                  token.expires(),
                  token.created(),
                  token.creator()));
    }
  }

  /// The command `testudo token revoke`.
  @Command(
      name = "revoke",
      description = "Revokes join tokens of a service. Running instances are not affected.")
  static final class Revoke implements Callable<Integer> {
    private final CliContext context;
    @Mixin private ServiceArgument service = new ServiceArgument();

    @Parameters(
        index = "1..*",
        paramLabel = "ID",
        description = "The ids of the tokens; `testudo token list` shows them.")
    private List<String> ids = List.of();

    @Option(names = "--all", description = "Revokes all tokens of the service.")
    private boolean all;

    @Mixin private JsonOption json = new JsonOption();
    @Mixin private CasClientOptions cas = new CasClientOptions();

    Revoke(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      if (ids.isEmpty() != all) {
        throw CommandFailed.usage("give the ids of tokens, or --all");
      }
      var id = service.id();
      try (var client = cas.client(context)) {
        revoke(id, all ? client.joinTokens(id).stream().map(t -> t.id()).toList() : ids, client);
      }
      return 0;
    }

    /// Revokes tokens one after the other, and prints those that were revoked even if one fails.
    private void revoke(ServiceId service, List<String> tokens, CasClient client)
        throws IOException {
      var out = context.streams().out();
      var revoked = new ArrayList<String>();
      try {
        for (var token : tokens) {
          client.revokeJoinToken(service, token);
          revoked.add(token);
          if (!json.isGiven()) {
            out.println("token %s of %s revoked".formatted(token, service));
          }
        }
      } finally {
        if (json.isGiven()) {
          JsonOption.print(new JsonBuilder().put("revoked", revoked), out);
        }
      }
    }
  }
}
