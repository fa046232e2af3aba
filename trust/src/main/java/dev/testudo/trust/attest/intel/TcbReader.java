package dev.testudo.trust.attest.intel;

import dev.testudo.policy.evidence.TcbStatus;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads what TCB info and QE identity have in common. Unknown members are ignored, because Intel
/// adds some without a new version; unknown words are not.
final class TcbReader {
  /// The statuses of platforms that documents may have.
  static final Set<TcbStatus> OF_PLATFORMS =
      EnumSet.complementOf(
          EnumSet.of(
              TcbStatus.TD_RELAUNCH_ADVISED, TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED));

  /// The statuses of enclaves and TDX modules that documents may have.
  static final Set<TcbStatus> OF_PARTS =
      EnumSet.of(TcbStatus.UP_TO_DATE, TcbStatus.OUT_OF_DATE, TcbStatus.REVOKED);

  private static final Pattern ADVISORY = Pattern.compile("[A-Za-z0-9._-]{1,40}");
  private static final int MOST_SVN = 65_535;

  private TcbReader() {}

  /// Returns the period in which a document is valid.
  static Period period(JsonMembers in) throws MessageException {
    return new Period(in.instant("issueDate"), in.instant("nextUpdate"));
  }

  static int evaluationNumber(JsonMembers in) throws MessageException {
    return (int) in.number("tcbEvaluationDataNumber", 0, Integer.MAX_VALUE);
  }

  /// Returns bytes that are written in hexadecimal digits of either case.
  static Octets hex(JsonMembers in, String name, int length) throws MessageException {
    var text = in.text(name);
    if (text.length() == 2 * length) {
      try {
        return Octets.ofHex(text);
      } catch (IllegalArgumentException e) {
        // The message below says it.
      }
    }
    throw in.wrong(name, "%d hexadecimal digits".formatted(2 * length));
  }

  /// Returns what a level says, apart from the versions that it needs.
  static TcbGrade grade(JsonMembers level, Set<TcbStatus> allowed) throws MessageException {
    var status = TcbStatus.parse(level.text("tcbStatus")).filter(allowed::contains);
    if (status.isEmpty()) {
      throw level.wrong("tcbStatus", "a status that is known");
    }
    var advisories = level.optionalTexts("advisoryIDs");
    if (!advisories.stream().allMatch(id -> ADVISORY.matcher(id).matches())) {
      throw level.wrong("advisoryIDs", "a list of names such as INTEL-SA-00615");
    }
    return new TcbGrade(status.get(), date(level), advisories);
  }

  private static Instant date(JsonMembers level) throws MessageException {
    return level.instant("tcbDate");
  }

  /// Returns levels with a single version, the highest first.
  static List<SvnLevel> svnLevels(JsonMembers in) throws MessageException {
    var levels = new ArrayList<SvnLevel>();
    for (var element : objects(in, "tcbLevels")) {
      var svn = (int) element.object("tcb").number("isvsvn", 0, MOST_SVN);
      levels.add(new SvnLevel(svn, grade(element, OF_PARTS)));
    }
    levels.sort(Comparator.comparingInt(SvnLevel::svn).reversed());
    if (levels.stream().map(SvnLevel::svn).distinct().count() != levels.size()) {
      throw in.wrong("tcbLevels", "a list of levels with different versions");
    }
    return levels;
  }

  /// Returns the elements of an array of objects, of which there must be one at least.
  static List<JsonMembers> objects(JsonMembers in, String name) throws MessageException {
    var objects = new ArrayList<JsonMembers>();
    for (var element : in.array(name)) {
      objects.add(JsonMembers.of(element, name));
    }
    if (objects.isEmpty()) {
      throw in.wrong(name, "a list with an element");
    }
    return objects;
  }

  /// Returns the 16 components of a level.
  static List<TcbLevel.Component> components(JsonMembers tcb, String name) throws MessageException {
    var components = new ArrayList<TcbLevel.Component>();
    for (var component : objects(tcb, name)) {
      components.add(
          new TcbLevel.Component((int) component.number("svn", 0, 255), label(component)));
    }
    if (components.size() != TcbLevel.COMPONENTS) {
      throw tcb.wrong(name, "a list of %d components".formatted(TcbLevel.COMPONENTS));
    }
    return components;
  }

  /// Returns what a component is. The text goes into messages, so it is cut and cleaned.
  private static String label(JsonMembers component) throws MessageException {
    var type = component.optionalText("type");
    var text = type.isPresent() ? type.get() : component.optionalText("category").orElse("");
    var clean = text.replaceAll("[^A-Za-z0-9 ./_-]", "?");
    return clean.substring(0, Math.min(clean.length(), 48));
  }

  /// Returns an array that may be absent.
  static List<JsonMembers> optionalObjects(JsonMembers in, String name) throws MessageException {
    var value = in.optional(name);
    if (value.isEmpty() || value.get() instanceof JsonValue.JsonNull) {
      return List.of();
    }
    return objects(in, name);
  }
}
