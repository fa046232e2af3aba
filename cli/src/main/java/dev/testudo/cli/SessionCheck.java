package dev.testudo.cli;

import dev.testudo.cli.SessionFile.Filled;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.policy.session.lint.SessionLint;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Parsed;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command `testudo session check`.
@Command(
    name = "check",
    description = {
      "Checks a session and prints it with its variables replaced.",
      "With --lint, it prints findings only: settings that are legal but most often a mistake. `testudo explain ID` explains a finding."
    })
final class SessionCheck implements Callable<Integer> {
  private final CliContext context;
  @Mixin private SessionFile file = new SessionFile();

  @Option(names = "--lint", description = "Also reports what is legal but probably not meant.")
  private boolean lint;

  @Option(
      names = "--fail-on-warning",
      description = "Also exits with code 1 if there are only warnings.")
  private boolean failOnWarning;

  @Option(names = "--json", description = "Prints the findings as JSON, and not the session.")
  private boolean json;

  SessionCheck(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailed {
    var parsed = file.parse(context);
    var found = new ArrayList<>(parsed.diagnostics());
    if (lint && parsed instanceof Parsed.Valid<Filled>(var filled, _)) {
      found.addAll(SessionLint.check(filled.written()));
    }
    report(parsed, found);
    var wrong = found.stream().anyMatch(one -> one.isError() || failOnWarning);
    return (wrong ? ExitCode.INPUT_WRONG : ExitCode.DONE).number();
  }

  private void report(Parsed<Filled> parsed, List<Diagnostic> found) {
    var out = context.streams().out();
    if (json) {
      var answer = new JsonBuilder().put("diagnostics", Findings.json(found)).build();
      out.println(Json.writeText(answer));
      return;
    }
    if (!found.isEmpty()) {
      new Findings(context.streams().err()).print(found);
      context.streams().err().println(Findings.summary(found));
    }
    if (!lint && parsed instanceof Parsed.Valid<Filled>(var filled, _)) {
      out.print(filled.text().text());
    }
    out.flush();
  }
}
