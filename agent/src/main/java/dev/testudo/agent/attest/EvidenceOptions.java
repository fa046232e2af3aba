package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.attest.source.SourceName;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Where the agent obtains evidence, and what it does with the measurements of a confidential VM.
///
/// @param source the only source that is permitted; if absent, the first that is there
/// @param level the VMPL for which SEV-SNP reports
/// @param hostDataIsImage whether HOST_DATA (SEV-SNP) or MRCONFIGID (TDX) must be the measurement
///     of the image
/// @param extendsRegister whether the agent extends RTMR3 with the measurement of the image
public record EvidenceOptions(
    Optional<SourceName> source,
    OptionalInt level,
    boolean hostDataIsImage,
    boolean extendsRegister) {
  public static final String SOURCE = "--evidence-source";
  public static final String LEVEL = "--vmpl";
  public static final String HOST_DATA = "--host-data";
  public static final String REGISTER = "--runtime-measurement";

  private static final String AUTO = "auto";
  private static final String NONE = "none";

  /// Reads the options from the values that were given.
  ///
  /// @throws AgentFailure if one has another value than those that it may have
  public static EvidenceOptions of(Map<String, String> given) throws AgentFailure {
    return new EvidenceOptions(
        source(SOURCE, given.getOrDefault(SOURCE, AUTO)),
        level(given.get(LEVEL)),
        isOn(HOST_DATA, given, "image"),
        isOn(REGISTER, given, "rtmr3"));
  }

  /// Reads the name of a source, or `auto`.
  static Optional<SourceName> source(String option, String text) throws AgentFailure {
    if (text.equals(AUTO)) {
      return Optional.empty();
    }
    var source = SourceName.parse(text);
    if (source.isEmpty()) {
      throw wrong(option, text, AUTO + ", " + SourceName.all());
    }
    return source;
  }

  static OptionalInt level(@Nullable String text) throws AgentFailure {
    if (text == null) {
      return OptionalInt.empty();
    }
    if (!text.matches("[0-3]")) {
      throw wrong(LEVEL, text, "a number from 0 to 3");
    }
    return OptionalInt.of(Integer.parseInt(text));
  }

  private static boolean isOn(String option, Map<String, String> given, String on)
      throws AgentFailure {
    var text = given.getOrDefault(option, NONE);
    if (!text.equals(on) && !text.equals(NONE)) {
      throw wrong(option, text, on + " or " + NONE);
    }
    return text.equals(on);
  }

  private static AgentFailure wrong(String option, String text, String permitted) {
    return AgentFailure.usage(
        "`%s` of `%s` is not %s; see `testudo agent run --help`"
            .formatted(text, option, permitted));
  }
}
