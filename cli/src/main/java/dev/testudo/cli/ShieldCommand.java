package dev.testudo.cli;

import static java.util.Objects.requireNonNull;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.cli.mesh.SourceFiles;
import dev.testudo.cli.shield.Explanation;
import dev.testudo.cli.shield.RunningShields;
import dev.testudo.policy.shield.DefaultMode;
import dev.testudo.policy.shield.EffectivePolicy;
import dev.testudo.policy.shield.EnvironmentFile;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Parsed;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.material.RuleKeys;
import dev.testudo.trust.status.ShieldStatusJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The command `testudo shield`: rules in files and variables, and running shields. The two
/// commands that start programs are elsewhere, because the command line never loads the shield.
@Command(
    name = "shield",
    description = "Protects the network connections of one program, without a mesh.",
    footer = {"", "docs/network-shield.md describes every variable."})
final class ShieldCommand extends CommandGroup {
  /// Those commands, in the order in which the help lists them.
  private static final SequencedMap<String, String> STARTING = new LinkedHashMap<>();

  static {
    STARTING.put("run", "Runs a program under the shield.");
    STARTING.put("learn", "Watches a program and proposes rules.");
  }

  private ShieldCommand() {
    super(STARTING);
  }

  static CommandLine build(CliContext context) {
    var all = new CommandLine(new ShieldCommand());
    all.addSubcommand(new Check(context));
    all.addSubcommand(new ShieldTopCommand(context));
    all.addSubcommand(new Why(context));
    return all;
  }

  /// The command `testudo shield check`.
  @Command(
      name = "check",
      description = "Checks the rules of a shield and prints the effective policy.")
  static final class Check implements Callable<Integer> {
    private final CliContext context;

    @Option(
        names = "--env-file",
        paramLabel = "FILE",
        description =
            "A file with rules, as lines NAME=value, in addition to those in the environment.")
    private @Nullable Path file;

    @Option(
        names = "--fail-on-warning",
        description = "Also exits with code 1 if there are only warnings.")
    private boolean failOnWarning;

    @Option(names = "--json", description = "Prints the findings and the policy as JSON.")
    private boolean json;

    Check(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws CommandFailed {
      var read = rules();
      var found = new ArrayList<Diagnostic>(read.diagnostics());
      if (read instanceof Parsed.Valid<ShieldRules>(var rules, _)) {
        found.addAll(RuleKeys.check(rules, Instant.now()));
      }
      var usable =
          found.stream().noneMatch(Diagnostic::isError)
                  && read instanceof Parsed.Valid<ShieldRules>(var rules, _)
              ? Optional.of(rules)
              : Optional.<ShieldRules>empty();
      report(usable, found);
      var wrong = usable.isEmpty() || (failOnWarning && !found.isEmpty());
      return (wrong ? ExitCode.INPUT_WRONG : ExitCode.DONE).number();
    }

    private Parsed<ShieldRules> rules() throws CommandFailed {
      return file == null
          ? ShieldVariables.read(context.environment())
          : EnvironmentFile.read(SourceFiles.read(file))
              .then(variables -> ShieldVariables.read(context.environment(), variables));
    }

    /// Reports the findings, and the policy if a shield would start with it.
    private void report(Optional<ShieldRules> usable, List<Diagnostic> found) {
      var out = context.streams().out();
      var policy = usable.map(EffectivePolicy::of);
      if (json) {
        var answer = new JsonBuilder().put("diagnostics", Findings.json(found));
        policy.ifPresent(one -> answer.put("policy", ShieldStatusJson.policy(one)));
        out.println(Json.writeText(answer.build()));
        return;
      }
      if (!found.isEmpty()) {
        new Findings(context.streams().err()).print(found);
        context.streams().err().println(Findings.summary(found));
      }
      if (usable.filter(rules -> rules.mode() == DefaultMode.DISABLED).isPresent()) {
        context.streams().err().println("testudo: " + EffectivePolicy.DISABLED);
      }
      policy.ifPresent(one -> one.lines().forEach(out::println));
    }
  }

  /// The command `testudo shield why`.
  @Command(name = "why", description = "Explains why a running shield allows or refuses something.")
  static final class Why implements Callable<Integer> {
    private final CliContext context;

    @Parameters(
        arity = "0..1",
        paramLabel = "WHAT",
        description = "A process id, a program, a service, the number of a connection, or a rule.")
    private @Nullable String what;

    @Option(names = "--last", description = "Explains the last refusal of all shields.")
    private boolean last;

    @Spec private @Nullable CommandSpec spec;

    Why(CliContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailed {
      var wanted = what;
      if (last == (wanted != null)) {
        throw new ParameterException(requireNonNull(spec).commandLine(), "say what, or `--last`");
      }
      var shields = RunningShields.ask(context.environment());
      var explanation = new Explanation(shields, Instant.now());
      var lines = wanted == null ? explanation.lastRefusal() : explanation.about(wanted);
      if (lines.isEmpty()) {
        throw CommandFailed.input(
            wanted == null
                ? "no running shield has refused anything"
                : "no running shield has a process, connection or rule `%s`; see `testudo shield top`"
                    .formatted(wanted));
      }
      lines.forEach(context.streams().out()::println);
      return ExitCode.DONE.number();
    }
  }
}
