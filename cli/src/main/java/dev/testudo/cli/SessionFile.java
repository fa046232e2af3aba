package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.mesh.SourceFiles;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.substitution.SessionTemplate;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The argument for a session in a file, with its variables.
final class SessionFile {
  @Parameters(paramLabel = "FILE", description = "The file with the session.")
  private Path file = Path.of("session.yaml");

  @Mixin private VariableOptions variables = new VariableOptions();

  /// Returns the session as CAS will read it.
  Session session(CliContext context) throws CommandFailed {
    return read(file, variables, context);
  }

  Path file() {
    return file;
  }

  /// Reads a session and reports its mistakes.
  static Session read(Path file, VariableOptions variables, CliContext context)
      throws CommandFailed {
    var findings = new Findings(context.streams().err());
    SourceFile expanded =
        findings.need(
            SessionTemplate.expand(SourceFiles.read(file), variables.all(context.environment())));
    return findings.need(SessionParser.read(expanded));
  }
}
