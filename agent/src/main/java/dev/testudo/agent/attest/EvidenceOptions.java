package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.attest.source.SourceName;
import dev.testudo.policy.evidence.Isolation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where the agent obtains evidence, and what it does with the measurements of a confidential VM.
///
/// @param source the only source that is permitted; if absent, the first that is there
/// @param level the VMPL for which SEV-SNP reports
/// @param launchedFor what HOST_DATA (SEV-SNP) or MRCONFIGID (TDX) must be
/// @param extendsRegister whether the agent extends RTMR3 with the measurement of the image
/// @param initdata the initdata of the guest, as the annotation of its pod has it
public record EvidenceOptions(
    Optional<SourceName> source,
    OptionalInt level,
    LaunchedFor launchedFor,
    boolean extendsRegister,
    Optional<String> initdata) {
  public static final String SOURCE = "--evidence-source";
  public static final String LEVEL = "--vmpl";
  public static final String HOST_DATA = "--host-data";
  public static final String REGISTER = "--runtime-measurement";
  public static final String INITDATA = "--initdata";

  private static final String AUTO = "auto";
  private static final String NONE = "none";

  /// The technologies that take a value from whoever launches a VM.
  private static final Set<Isolation> LAUNCHED_FOR = Set.of(Isolation.SEV_SNP, Isolation.TDX);

  /// Reads the options of `testudo agent run` from the values that were given.
  ///
  /// @throws AgentFailure with all mistakes
  public static EvidenceOptions of(Map<String, String> given) throws AgentFailure {
    var mistakes = new ArrayList<String>();
    var options = read(given, SOURCE, mistakes);
    if (!mistakes.isEmpty()) {
      throw AgentFailure.usage(String.join("; ", mistakes) + "; see `testudo agent run --help`");
    }
    return options;
  }

  /// Reads the options, and adds what is wrong with them: values that do not exist, and what the
  /// source that is named cannot do.
  ///
  /// @param source what the option for the source is called
  static EvidenceOptions read(Map<String, String> given, String source, List<String> mistakes) {
    var options =
        new EvidenceOptions(
            source(source, given.getOrDefault(source, AUTO), mistakes),
            level(given.get(LEVEL), mistakes),
            launchedFor(given.getOrDefault(HOST_DATA, NONE), mistakes),
            isOn(REGISTER, given, "rtmr3", mistakes),
            Optional.ofNullable(given.get(INITDATA)));
    if (options.level.isPresent() && options.extendsRegister) {
      mistakes.add(
          "`%s` is only for SEV-SNP, and `%s rtmr3` only for TDX".formatted(LEVEL, REGISTER));
    } else if (options.source.isPresent()) {
      var name = options.source.get();
      mistakes.addAll(options.impossible(name.direct(), "`%s`".formatted(name)));
    }
    return options;
  }

  private static Optional<SourceName> source(String option, String text, List<String> mistakes) {
    var source = SourceName.parse(text);
    if (source.isEmpty() && !text.equals(AUTO)) {
      mistakes.add(wrong(option, text, AUTO + ", " + SourceName.all()));
    }
    return source;
  }

  private static OptionalInt level(@Nullable String text, List<String> mistakes) {
    if (text == null) {
      return OptionalInt.empty();
    }
    if (!text.matches("[0-3]")) {
      mistakes.add(wrong(LEVEL, text, "a number from 0 to 3"));
      return OptionalInt.empty();
    }
    return OptionalInt.of(Integer.parseInt(text));
  }

  private static LaunchedFor launchedFor(String text, List<String> mistakes) {
    var launched = LaunchedFor.parse(text);
    if (launched.isEmpty()) {
      mistakes.add(wrong(HOST_DATA, text, LaunchedFor.all()));
    }
    return launched.orElse(LaunchedFor.ANYTHING);
  }

  private static boolean isOn(
      String option, Map<String, String> given, String on, List<String> mistakes) {
    var text = given.getOrDefault(option, NONE);
    if (!text.equals(on) && !text.equals(NONE)) {
      mistakes.add(wrong(option, text, on + " or " + NONE));
    }
    return text.equals(on);
  }

  private static String wrong(String option, String text, String permitted) {
    return "`%s` of `%s` is not %s".formatted(text, option, permitted);
  }

  /// Returns what the options ask for and evidence cannot have, one line each.
  ///
  /// @param direct the technologies of the evidence, if the program talks to the hardware itself
  /// @param what where the evidence comes from, for messages
  List<String> impossible(Set<Isolation> direct, String what) {
    var impossible = new ArrayList<String>();
    if (level.isPresent() && !direct.contains(Isolation.SEV_SNP)) {
      impossible.add("`%s` is only for SEV-SNP, not for %s".formatted(LEVEL, what));
    }
    if (launchedFor != LaunchedFor.ANYTHING && Collections.disjoint(direct, LAUNCHED_FOR)) {
      impossible.add(
          "`%s %s` is only for SEV-SNP and TDX without a paravisor, not for %s"
              .formatted(HOST_DATA, launchedFor.word(), what));
    }
    if (extendsRegister && !direct.contains(Isolation.TDX)) {
      impossible.add(
          "`%s rtmr3` is only for TDX without a paravisor, not for %s".formatted(REGISTER, what));
    }
    return impossible;
  }
}
