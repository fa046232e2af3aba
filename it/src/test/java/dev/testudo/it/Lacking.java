package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.trust.channel.RefusalReport;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One requirement of the policy that was not met, as a refusal of attestation has it.
record Lacking(String requirement, String expected, String seen) {
  private static final Pattern TEXT = Pattern.compile("(.+?): expected (.+), seen (.+) \\(.+\\)");

  static List<Lacking> in(RefusalReport why) {
    assertEquals("attestation-refused", why.reason());
    return why.details().stream()
        .map(TEXT::matcher)
        .filter(Matcher::matches)
        .map(m -> new Lacking(m.group(1), m.group(2), m.group(3)))
        .toList();
  }
}
