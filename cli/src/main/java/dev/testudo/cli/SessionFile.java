package dev.testudo.cli;

import dev.testudo.cli.convert.Conversion;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.mesh.SourceFiles;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.substitution.SessionTemplate;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The argument for a session in a file, with its variables.
final class SessionFile {
  @Parameters(paramLabel = "FILE", description = "The file with the session.")
  private Path file = Path.of("session.yaml");

  @Mixin private VariableOptions variables = new VariableOptions();

  /// A session whose variables are replaced.
  ///
  /// @param written the session with the places of the file as it is written
  /// @param text the text that CAS gets
  record Filled(Session written, SourceFile text) {
    Session asSent() {
      return written.withSource(text);
    }
  }

  /// Returns the session as CAS will read it.
  Session session(CliContext context) throws CommandFailed {
    return read(file, variables, context);
  }

  /// Returns the session with its diagnostics, which show the file as it is written.
  Parsed<Filled> parse(CliContext context) throws CommandFailed {
    return parse(file, variables, context);
  }

  Path file() {
    return file;
  }

  /// Reads a session and reports its mistakes.
  static Session read(Path file, VariableOptions variables, CliContext context)
      throws CommandFailed {
    return new Findings(context.streams().err()).need(parse(file, variables, context)).asSent();
  }

  private static Parsed<Filled> parse(Path file, VariableOptions variables, CliContext context)
      throws CommandFailed {
    var written = SourceFiles.read(file);
    var foreign = Conversion.foreign(written);
    if (foreign.isPresent()) {
      return new Parsed.Invalid<>(List.of(foreign.get()));
    }
    var values = variables.all(context.environment());
    return SessionParser.read(written, values)
        .then(
            session ->
                SessionTemplate.expand(written, values).map(text -> new Filled(session, text)));
  }
}
