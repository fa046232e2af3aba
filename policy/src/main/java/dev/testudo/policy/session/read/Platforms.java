package dev.testudo.policy.session.read;

import dev.testudo.policy.session.PlatformId;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import java.util.List;
import java.util.regex.Pattern;

/// Reads the ids of platforms.
final class Platforms {
  static final String KEY = "platforms";
  private static final Pattern OLD_KEY = Pattern.compile("[0-9a-fA-F]{64}");

  private Platforms() {}

  /// Returns the ids of `platforms` in the form in which they are compared. A wrong one is reported
  /// and kept, so that the list does not look empty. A list without any is reported too, because it
  /// reads as no platform and would mean any.
  static List<Text> read(Fields fields, Problems problems) {
    var present = fields.declares(KEY);
    var place = fields.spanOf(KEY);
    var nodes = fields.list(KEY);
    if (present && nodes.isEmpty()) {
      problems.add(
          Diagnostic.error(DiagnosticId.INVALID_VALUE, place, "`platforms` names no platform")
              .helped("remove it to accept any platform"));
    }
    return nodes.stream()
        .flatMap(node -> fields.text(node, "an item of `platforms`").stream())
        .map(text -> platform(text, problems))
        .toList();
  }

  private static Text platform(Text text, Problems problems) {
    var id = PlatformId.parse(text.value());
    if (id.isEmpty()) {
      problems.add(wrong(text));
    }
    return id.map(text::withValue).orElse(text);
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
    return diagnostic
        .helped("write `INTEL_QE_ID:` and 32 hexadecimal digits")
        .helped(
            "or `INTEL_PPID:` or `INTEL_PLATFORM_INSTANCE_ID:` and 32, or `AMD_CHIP_ID:` and 128,"
                + " or `TPM_KEY:` and 64");
  }
}
