package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Printable;
import dev.testudo.trust.approval.Requirement;
import dev.testudo.trust.approval.SessionDiff;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.channel.PredecessorLine;
import dev.testudo.trust.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command `testudo session diff`.
@Command(
    name = "diff",
    description = {
      "Shows what would change if a session were registered: services, policy, secrets, certificates, who loses access and who must agree.",
      "CAS computes it and changes nothing. A file without `predecessor` is compared with the active session. Exits with code 4 if CAS would refuse the session."
    })
final class SessionDiffCommand implements Callable<Integer> {
  private final CliContext context;
  @Mixin private SessionFile arguments = new SessionFile();

  @Option(names = "--json", description = "Prints the difference as JSON.")
  private boolean json;

  @Mixin private CasClientOptions cas = new CasClientOptions();

  SessionDiffCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, CommandFailed {
    var session = arguments.session(context);
    try (var client = cas.client(context)) {
      return show(context, client.diff(yaml(session, client)), json);
    }
  }

  /// Returns the text with the hash of the active session as predecessor, if it names none.
  private static String yaml(Session session, CasClient client) throws IOException {
    var yaml = session.source().text();
    if (session.lineage().predecessor().isPresent()) {
      return yaml;
    }
    try {
      var active = client.readSession(session.name().value());
      return PredecessorLine.withPredecessor(yaml, active.hash());
    } catch (CasException e) {
      if (e.isRefusal()) {
        return yaml;
      }
      throw e;
    }
  }

  /// Prints a difference and returns the exit code.
  static int show(CliContext context, SessionDiff difference, boolean json) {
    if (json) {
      context.streams().out().println(Json.writeText(difference.json()));
    } else {
      print(context, difference);
    }
    var accepted = difference.summary().refusal().isEmpty();
    return (accepted ? ExitCode.DONE : ExitCode.REFUSED).number();
  }

  private static void print(CliContext context, SessionDiff difference) {
    var out = context.streams().out();
    var summary = difference.summary();
    out.println("session " + summary.session());
    out.println("active " + summary.active().orElse("none"));
    for (var change : difference.changes()) {
      out.println("%s %s".formatted(change.kind(), Printable.of(change.path())));
    }
    for (var secret : difference.secrets()) {
      if (secret.isVolume()) {
        out.println("volume %s: %s".formatted(secret.name(), secret.fate()));
      } else {
        var kind = secret.kind().map(" (%s)"::formatted).orElse("");
        out.println("secret %s%s: %s".formatted(secret.name(), kind, secret.fate()));
      }
    }
    for (var access : difference.access()) {
      tell(context, access.right(), "gained by", access.gains());
      tell(context, access.right(), "lost by", access.loses());
    }
    difference.warnings().forEach(warning -> out.println("warning: " + Printable.of(warning)));
    difference
        .rule()
        .filter(Requirement::isShared)
        .ifPresent(rule -> rule.lines().forEach(out::println));
    out.println(
        summary
            .message()
            .map(m -> "CAS would refuse it: " + Printable.of(m))
            .orElse("CAS would accept it"));
  }

  private static void tell(CliContext context, String right, String what, List<String> keys) {
    for (var key : keys) {
      context.streams().out().println("%s %s %s".formatted(right, what, Printable.of(key)));
    }
  }
}
