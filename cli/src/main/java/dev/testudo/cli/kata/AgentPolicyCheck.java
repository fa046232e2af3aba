package dev.testudo.cli.kata;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Span;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Looks for known gaps in agent policies of others, such as those that `genpolicy` makes. It reads
/// no Rego: what it finds is a gap, and what it does not find may be one.
public final class AgentPolicyCheck {
  /// Requests that change a service, read its data, or replace the policy.
  private static final String DANGEROUS =
      "(AllowRequestsFailingPolicy|CopyFileRequest|CreateContainerRequest|CreateSandboxRequest"
          + "|ExecProcessRequest|GetDiagnosticDataRequest|SetPolicyRequest"
          + "|UpdateEphemeralMountsRequest|WriteStreamRequest)";

  private static final Pattern PACKAGE = Pattern.compile("(?m)^\\s*package\\s+(\\S+)");
  private static final Pattern PERMITTED =
      Pattern.compile(
          "(?m)^[ \\t]*(?:default[ \\t]+)?"
              + DANGEROUS
              + "[ \\t]*(?::?=[ \\t]*true[ \\t]*$|(?:if[ \\t]*)?\\{\\s*true\\s*\\})");
  private static final Pattern SETTING =
      Pattern.compile("\"(WriteStreamRequest|UpdateEphemeralMountsRequest)\"\\s*:\\s*true");
  private static final Pattern PROGRAMS =
      Pattern.compile(
          "\"(exec_commands|allowed_commands|commands|regex)\"\\s*:\\s*\\[\\s*[^\\]\\s]");
  private static final Pattern PULLED =
      Pattern.compile("(?m)^[ \\t]*(\\w+)\\.driver[ \\t]*==[ \\t]*\"image_guest_pull\"");
  private static final Pattern ANNOTATIONS =
      Pattern.compile("startswith\\(\\w+, *\"io\\.kubernetes\\.cri\\.\"\\)");
  private static final Pattern USER = Pattern.compile("(?m)^allow_user\\([^\\n]*\\{");

  private final SourceFile source;
  private final String code;
  private final Problems problems = new Problems();

  private AgentPolicyCheck(SourceFile source) {
    this.source = source;
    this.code = withoutComments(source.text());
  }

  /// Returns the gaps of a policy.
  public static List<Diagnostic> of(SourceFile source) {
    var check = new AgentPolicyCheck(source);
    check.findAll();
    return check.problems.found();
  }

  private void findAll() {
    checkPackage();
    each(PERMITTED, found -> open(found, 1, "permits `%s` always".formatted(found.group(1))));
    each(SETTING, found -> open(found, 1, "permits `%s` always".formatted(found.group(1))));
    each(
        PROGRAMS,
        found ->
            problems.add(
                Diagnostic.warning(
                        DiagnosticId.AGENT_POLICY_OPEN,
                        at(found, 1),
                        "the agent policy lets the host start further programs")
                    .labelled("each of them runs beside the service, with its files")));
    each(PULLED, this::checkPulled);
    each(
        ANNOTATIONS,
        found ->
            problems.add(
                Diagnostic.warning(
                        DiagnosticId.AGENT_POLICY_IMAGE,
                        at(found, 0),
                        "the agent policy lets every annotation of the container runtime pass")
                    .labelled("the name of the image is one of them, and is not compared")));
    each(USER, this::checkUser);
  }

  private void checkPackage() {
    var found = PACKAGE.matcher(code);
    if (!found.find()) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.AGENT_POLICY_OPEN,
              source.span(0, 0),
              "the file has no package, so it is no agent policy"));
    } else if (!found.group(1).equals("agent_policy")) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.AGENT_POLICY_OPEN,
                  at(found, 1),
                  "an agent policy is the package `agent_policy`")
              .labelled("Kata's agent does not read this one"));
    }
  }

  private void open(Matcher found, int group, String what) {
    problems.add(
        Diagnostic.error(
                DiagnosticId.AGENT_POLICY_OPEN, at(found, group), "the agent policy " + what)
            .labelled("the host decides whether it happens"));
  }

  private void checkPulled(Matcher found) {
    if (!body(found.start()).contains(found.group(1) + ".source")) {
      problems.add(
          Diagnostic.warning(
                  DiagnosticId.AGENT_POLICY_IMAGE,
                  source.span(found.start(1), found.end()),
                  "the agent policy does not compare the image that the guest pulls")
              .labelled("the host names it")
              .helped("compare `%s.source` with the name and digest".formatted(found.group(1))));
    }
  }

  private void checkUser(Matcher found) {
    var body = body(found.end());
    if (!body.contains("UID") && !body.contains("uid")) {
      problems.add(
          Diagnostic.warning(
                  DiagnosticId.AGENT_POLICY_OPEN,
                  at(found, 0),
                  "the agent policy does not compare the user of a process")
              .labelled("the host chooses it"));
    }
  }

  /// Returns the body in which an offset lies, up to its end.
  private String body(int offset) {
    var start = code.lastIndexOf('{', offset);
    var end = code.indexOf("\n}", offset);
    return code.substring(Math.max(0, start), end < 0 ? code.length() : end);
  }

  private interface Finding {
    void found(Matcher match);
  }

  private void each(Pattern pattern, Finding finding) {
    var match = pattern.matcher(code);
    while (match.find()) {
      finding.found(match);
    }
  }

  private Span at(Matcher match, int group) {
    return source.span(match.start(group), match.end(group));
  }

  /// Returns the text with blanks in place of comments, so that offsets stay the same.
  private static String withoutComments(String text) {
    var out = new StringBuilder(text);
    var inText = false;
    for (var i = 0; i < out.length(); i++) {
      var c = out.charAt(i);
      if (inText && c == '\\') {
        i++;
      } else if (c == '"' || c == '\n') {
        inText = c == '"' && !inText;
      } else if (c == '#' && !inText) {
        while (i < out.length() && out.charAt(i) != '\n') {
          out.setCharAt(i++, ' ');
        }
      }
    }
    return out.toString();
  }
}
