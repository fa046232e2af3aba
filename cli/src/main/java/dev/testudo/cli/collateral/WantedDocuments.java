package dev.testudo.cli.collateral;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.AmdChain;
import dev.testudo.trust.attest.evidence.DocumentId.AmdCrl;
import dev.testudo.trust.attest.evidence.DocumentId.PckCa;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.DocumentId.Vcek;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The documents that a user names by platform.
public final class WantedDocuments {
  /// Chains come first, because the certificates of chips and AMD's lists are verified with them.
  public static final Comparator<Document> CHAINS_FIRST_OF_DOCUMENTS =
      Comparator.comparing(document -> !isChain(document));

  private static final Pattern FMSPC = Pattern.compile("[0-9A-Fa-f]{12}");
  private static final Pattern CHIP = Pattern.compile("[0-9A-Fa-f]{16}|[0-9A-Fa-f]{128}");
  private static final Pattern PRODUCT = Pattern.compile("[A-Za-z][A-Za-z0-9]{0,15}");
  private static final Pattern COMPONENT = Pattern.compile("(fmc|bl|tee|snp|ucode)=([0-9]{1,3})");

  private final Set<DocumentId> wanted = new LinkedHashSet<>();

  /// Creates an empty set.
  public WantedDocuments() {}

  /// Returns whether a document is a chain of AMD.
  public static boolean isChain(Document document) {
    return document.id() instanceof AmdChain;
  }

  /// Adds a document.
  public void add(DocumentId id) {
    wanted.add(id);
  }

  /// Returns the documents in the order in which they can be verified.
  public List<DocumentId> inOrder() {
    return wanted.stream()
        .sorted(Comparator.comparing((DocumentId id) -> !(id instanceof AmdChain)))
        .toList();
  }

  /// Adds what evidence of Intel's platforms needs.
  ///
  /// @throws CommandFailed if a value is malformed
  public void intel(List<String> fmspcs, List<String> tees, List<String> authorities)
      throws CommandFailed {
    if (fmspcs.isEmpty() != tees.isEmpty() || (fmspcs.isEmpty() && !authorities.isEmpty())) {
      throw CommandFailed.usage("`--fmspc` and `--tee` are given together, and `--ca` with them");
    }
    for (var word : tees) {
      var tee = word(Tee.values(), "--tee", word);
      for (var fmspc : fmspcs) {
        var digits = matching(FMSPC, fmspc, "--fmspc", "12 hexadecimal digits");
        add(new DocumentId.TcbInfo(tee, digits.toLowerCase(Locale.ROOT)));
      }
      add(new DocumentId.QeIdentity(tee));
    }
    if (!fmspcs.isEmpty()) {
      for (var ca : authorities.isEmpty() ? List.of("processor", "platform") : authorities) {
        add(new DocumentId.PckCrl(word(PckCa.values(), "--ca", ca)));
      }
      add(new DocumentId.IntelRootCrl());
    }
  }

  /// Adds what evidence of AMD's platforms needs.
  ///
  /// @throws CommandFailed if a value is malformed
  public void amd(Optional<String> product, Optional<String> chip, Optional<String> tcb)
      throws CommandFailed {
    if (chip.isPresent() != tcb.isPresent() || (chip.isPresent() && product.isEmpty())) {
      throw CommandFailed.usage("`--chip` needs `--product` and `--tcb`");
    }
    if (product.isEmpty()) {
      return;
    }
    var name = matching(PRODUCT, product.get(), "--product", "Milan, Genoa or Turin");
    var spelled =
        name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1).toLowerCase(Locale.ROOT);
    for (var key : chip.isPresent() ? List.of(SnpKey.VCEK) : Arrays.asList(SnpKey.values())) {
      add(new AmdChain(spelled, key));
      add(new AmdCrl(spelled, key));
    }
    if (chip.isPresent()) {
      var id = matching(CHIP, chip.get(), "--chip", "16 or 128 hexadecimal digits");
      add(new Vcek(spelled, id.toLowerCase(Locale.ROOT), tcb(tcb.orElseThrow())));
    }
  }

  private static SnpTcb tcb(String text) throws CommandFailed {
    Map<String, Integer> components = new HashMap<>();
    for (var part : text.split(",", -1)) {
      var matcher = COMPONENT.matcher(part);
      if (!matcher.matches()
          || Integer.parseInt(matcher.group(2)) > 255
          || components.put(matcher.group(1), Integer.valueOf(matcher.group(2))) != null) {
        throw wrongTcb(text);
      }
    }
    if (!components.keySet().containsAll(Set.of("bl", "tee", "snp", "ucode"))) {
      throw wrongTcb(text);
    }
    return new SnpTcb(
        Optional.ofNullable(components.get("fmc")),
        components.getOrDefault("bl", 0),
        components.getOrDefault("tee", 0),
        components.getOrDefault("snp", 0),
        components.getOrDefault("ucode", 0));
  }

  private static CommandFailed wrongTcb(String text) {
    return CommandFailed.usage(
        "`--tcb` takes numbers from 0 to 255, as bl=3,tee=0,snp=8,ucode=115, not `%s`"
            .formatted(text));
  }

  private static <E extends Enum<E>> E word(E[] values, String option, String text)
      throws CommandFailed {
    for (var value : values) {
      if (value.name().equalsIgnoreCase(text)) {
        return value;
      }
    }
    var words = Arrays.stream(values).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
    throw CommandFailed.usage(
        "`%s` takes %s, not `%s`".formatted(option, String.join(" or ", words), text));
  }

  private static String matching(Pattern pattern, String text, String option, String takes)
      throws CommandFailed {
    if (!pattern.matcher(text).matches()) {
      throw CommandFailed.usage("`%s` takes %s, not `%s`".formatted(option, takes, text));
    }
    return text;
  }
}
