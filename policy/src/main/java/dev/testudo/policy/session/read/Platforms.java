package dev.testudo.policy.session.read;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Reads the ids of platforms.
final class Platforms {
  static final String KEY = "platforms";
  static final String PREFIX = "INTEL_QE_ID:";

  private static final Pattern ID = Pattern.compile(PREFIX + "[0-9a-fA-F]{32}");
  private static final Pattern OLD_KEY = Pattern.compile("[0-9a-fA-F]{64}");

  private Platforms() {}

  /// Returns the ids of a service in the form in which they are compared. A wrong one is reported
  /// and kept, so that the list does not look empty. A list without any is reported too, because it
  /// reads as no platform and would mean any.
  static List<Text> read(Fields service, Problems problems) {
    var present = service.declares(KEY);
    var place = service.spanOf(KEY);
    var nodes = service.list(KEY);
    if (present && nodes.isEmpty()) {
      problems.add(
          Diagnostic.error(DiagnosticId.INVALID_VALUE, place, "`platforms` names no platform")
              .helped("remove it to accept any platform"));
    }
    return nodes.stream()
        .flatMap(node -> service.text(node, "an item of `platforms`").stream())
        .map(text -> platform(text, problems))
        .toList();
  }

  private static Text platform(Text text, Problems problems) {
    var value = text.value();
    if (ID.matcher(value).matches()) {
      var id = value.substring(PREFIX.length()).toLowerCase(Locale.ROOT);
      return text.withValue(PREFIX + id);
    }
    problems.add(wrong(text));
    return text;
  }

  private static Diagnostic wrong(Text text) {
    var diagnostic =
        OLD_KEY.matcher(text.value()).matches()
            ? Diagnostic.error(
                DiagnosticId.NOT_SUPPORTED_YET,
                text.span(),
                "platforms named by the key of a quoting enclave are not supported")
            : Diagnostic.error(
                DiagnosticId.INVALID_VALUE,
                text.span(),
                "`%s` is not the id of a platform".formatted(text.quotable()));
    return diagnostic.helped("write `INTEL_QE_ID:` and 32 hexadecimal digits");
  }
}
