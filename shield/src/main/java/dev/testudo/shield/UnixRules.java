package dev.testudo.shield;

import dev.testudo.policy.shield.ClientRule;
import dev.testudo.policy.shield.ClientTreatment;
import dev.testudo.policy.shield.Destination;
import dev.testudo.policy.shield.Listen;
import dev.testudo.policy.shield.RuleName;
import dev.testudo.policy.shield.ServerRule;
import dev.testudo.policy.shield.ServerTreatment;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Span;
import java.util.List;
import java.util.stream.Stream;

/// Finds the rules this version cannot keep: protected Unix sockets. Better no program than one
/// whose connections are less protected than its rules say.
final class UnixRules {
  private UnixRules() {}

  static List<Diagnostic> check(ShieldRules rules) {
    var servers = rules.servers().stream().filter(UnixRules::isProtectedUnix).map(ServerRule::name);
    var clients = rules.clients().stream().filter(UnixRules::isProtectedUnix).map(ClientRule::name);
    return Stream.concat(servers, clients).map(UnixRules::diagnostic).toList();
  }

  private static boolean isProtectedUnix(ServerRule rule) {
    return rule.listen() instanceof Listen.UnixPath
        && rule.treatment() instanceof ServerTreatment.Protected;
  }

  private static boolean isProtectedUnix(ClientRule rule) {
    return rule.destination() instanceof Destination.UnixPath
        && rule.treatment() instanceof ClientTreatment.Protected;
  }

  private static Diagnostic diagnostic(RuleName rule) {
    var variable = "SCONE_NETWORK_SHIELD_" + rule.value();
    var text = "protected";
    var span = new Span(new SourceFile("env:" + variable, text), 0, text.length());
    return Diagnostic.error(
            DiagnosticId.NOT_SUPPORTED_YET, span, "protected Unix sockets are not supported yet")
        .labelled("this rule is about a Unix socket")
        .helped("use `unprotected` or `refuse`, or let the program use TCP");
  }
}
