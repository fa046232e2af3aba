package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.approval.ApprovalStatus;
import dev.testudo.trust.approval.Requirement;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.channel.SessionReply;
import dev.testudo.trust.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The command `testudo session status`.
@Command(
    name = "status",
    description = {
      "Shows what a bundle changes, who has signed it and who is missing.",
      "Exits with code 4 if CAS would not register the bundle now."
    })
final class SessionStatus implements Callable<Integer> {
  private final CliContext context;

  @Parameters(paramLabel = "BUNDLE", description = "The bundle.")
  private Path file = Path.of("");

  @Option(names = "--json", description = "Prints the signatures and the rule as JSON.")
  private boolean json;

  @Mixin private CasClientOptions cas = new CasClientOptions();

  SessionStatus(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var bundle = BundleFile.read(file);
    BundleFile.demandCas(bundle, cas.which(context).key());
    try (var client = cas.client(context)) {
      var status = client.status(bundle);
      if (json) {
        context.streams().out().println(Json.writeText(status.json()));
      } else {
        BundleFile.show(context, bundle, readable(client, bundle.message().session().value()));
        print(status);
      }
      return (status.refusal().isEmpty() ? ExitCode.DONE : ExitCode.REFUSED).number();
    }
  }

  /// Returns the active session if this caller may read it. Who may not sees the whole text of the
  /// bundle instead of the difference.
  private static Optional<SessionReply> readable(CasClient client, String name)
      throws IOException, CommandFailed {
    try {
      return BundleFile.active(client, name);
    } catch (CasException e) {
      if (e.problem().id().equals("not-permitted")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void print(ApprovalStatus status) {
    var out = context.streams().out();
    for (var one : status.signatures()) {
      var what =
          one.valid()
              ? one.named() ? "signed" : "signed, but the rule does not name this key"
              : "this signature is not valid";
      out.println("%s by %s".formatted(what, Printable.of(one.signer().orElse("an unknown key"))));
    }
    status.rule().map(Requirement::lines).ifPresent(lines -> lines.forEach(out::println));
    out.println(status.message().map(m -> "not ready: " + Printable.of(m)).orElse("ready"));
  }
}
