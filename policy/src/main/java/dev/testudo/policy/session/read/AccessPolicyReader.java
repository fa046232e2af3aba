package dev.testudo.policy.session.read;

import dev.testudo.policy.session.AccessPolicy;
import dev.testudo.policy.session.AccessPolicy.AnyOf;
import dev.testudo.policy.session.AccessPolicy.Anyone;
import dev.testudo.policy.session.AccessPolicy.CertificateHolder;
import dev.testudo.policy.session.AccessPolicy.Creator;
import dev.testudo.policy.session.AccessPolicy.KeyHolder;
import dev.testudo.policy.session.AccessPolicy.NamedBySecret;
import dev.testudo.policy.session.AccessPolicy.Nobody;
import dev.testudo.policy.session.AccessPolicy.Principal;
import dev.testudo.policy.session.AccessPolicy.Quorum;
import dev.testudo.policy.session.AccessPolicy.Rule;
import dev.testudo.policy.session.AccessPolicy.Signer;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads the `access_policy` section. An entry that cannot be read admits nobody.
final class AccessPolicyReader {
  private static final Rule CREATOR_ALONE = new AnyOf(List.of(new Creator()));
  private static final String AT_LEAST = "require-at-least-";

  /// The most levels of lists within lists.
  private static final int MOST_LEVELS = 4;

  /// The most entries of one rule, on all levels.
  private static final int MOST_ENTRIES = 256;

  private final Set<String> secrets;
  private final Problems problems;

  /// The number of entries of the current rule that have been read.
  private int entries;

  AccessPolicyReader(Set<String> secrets, Problems problems) {
    this.secrets = secrets;
    this.problems = problems;
  }

  AccessPolicy read(Fields session) {
    var node = session.node("access_policy");
    if (node.isEmpty()) {
      return AccessPolicy.DEFAULT;
    }
    return Fields.of(node.get(), SessionKeys.ACCESS_POLICY, problems)
        .map(this::rules)
        .orElse(AccessPolicy.DEFAULT);
  }

  private AccessPolicy rules(Fields fields) {
    var read = rule(fields, "read").orElse(CREATOR_ALONE);
    var update = rule(fields, "update").orElse(CREATOR_ALONE);
    var create = rule(fields, "create_sessions").orElse(update);
    var list = rule(fields, "list_sessions").orElse(read);
    demandOneCaller(read, "read", fields);
    demandOneCaller(list, "list_sessions", fields);
    warnOfAnyone(update, "update", fields);
    warnOfAnyone(create, "create_sessions", fields);
    fields.noOthers();
    return new AccessPolicy(read, update, create, list);
  }

  private void warnOfAnyone(Rule rule, String key, Fields fields) {
    if (rule instanceof Anyone && fields.has(key)) {
      problems.add(
          Diagnostic.warning(
                  DiagnosticId.INSECURE_SETTING,
                  fields.spanOf(key),
                  "anyone who reaches CAS may use `%s`".formatted(key))
              .helped("name who may: `CREATOR`, certificates or key hashes"));
    }
  }

  /// Refuses a rule for reading that one caller cannot meet: only a change can carry signatures.
  private void demandOneCaller(Rule rule, String key, Fields fields) {
    if (fields.has(key) && rule instanceof AnyOf(var principals)) {
      if (principals.stream().anyMatch(AccessPolicyReader::needsSignatures)) {
        problems.add(
            Diagnostic.error(
                    DiagnosticId.INVALID_VALUE,
                    fields.spanOf(key),
                    "`%s` cannot require signatures".formatted(key))
                .labelled("a request that reads has one caller and carries no signature")
                .helped("list callers any one of whom is enough"));
      }
    }
  }

  private static boolean needsSignatures(Principal principal) {
    return switch (principal) {
      case Signer _ -> true;
      case Quorum(var count, var members) ->
          count > 1 || members.stream().anyMatch(AccessPolicyReader::needsSignatures);
      case Creator _, KeyHolder _, CertificateHolder _, NamedBySecret _ -> false;
    };
  }

  private Optional<Rule> rule(Fields fields, String key) {
    return fields
        .node(key)
        .map(
            node -> {
              var items = Fields.items(node);
              return items.size() == 1
                  ? word(items.getFirst()).orElseGet(() -> anyOf(items))
                  : anyOf(items);
            });
  }

  /// Returns the rule for `ANY` or `NONE`, which must be the only entry.
  private static Optional<Rule> word(YamlNode node) {
    return switch (node) {
      case Scalar(_, var text, _) when text.equals("ANY") -> Optional.of(new Anyone());
      case Scalar(_, var text, _) when text.equals("NONE") -> Optional.of(new Nobody());
      default -> Optional.empty();
    };
  }

  private Rule anyOf(List<YamlNode> items) {
    entries = 0;
    return new AnyOf(principals(items, MOST_LEVELS));
  }

  private List<Principal> principals(List<YamlNode> items, int levels) {
    return items.stream().flatMap(item -> principal(item, levels).stream()).toList();
  }

  private Optional<Principal> principal(YamlNode node, int levels) {
    entries++;
    if (entries > MOST_ENTRIES || levels == 0) {
      // One diagnostic for the first entry beyond the limit is enough.
      if (entries == MOST_ENTRIES + 1 || levels == 0) {
        problems.add(
            Diagnostic.error(
                DiagnosticId.INVALID_VALUE,
                node.span(),
                "a rule has at most %d entries on %d levels".formatted(MOST_ENTRIES, MOST_LEVELS)));
      }
      return Optional.empty();
    }
    if (node instanceof Mapping mapping) {
      return quorum(mapping, levels);
    }
    return Fields.text(node, "an entry of `access_policy`", problems).flatMap(this::principal);
  }

  private Optional<Principal> principal(Text text) {
    var value = text.value();
    if (value.equals("CREATOR")) {
      return Optional.of(new Creator());
    }
    if (value.equals("ANY") || value.equals("NONE")) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.CONFLICTING_KEYS, text.span(), "`%s` stands alone".formatted(value)));
      return Optional.empty();
    }
    if (value.contains("-----BEGIN CERTIFICATE-----")) {
      return Optional.of(new CertificateHolder(text));
    }
    if (value.startsWith("$$SCONE:")) {
      return RuntimeTemplate.parse(text, secrets, problems).placeholders().stream()
          .findFirst()
          .map(NamedBySecret::new);
    }
    if (value.matches("[1-9A-HJ-NP-Za-km-z]{40,46}")) {
      return Optional.of(new KeyHolder(value));
    }
    problems.add(
        Diagnostic.error(DiagnosticId.INVALID_VALUE, text.span(), "this entry names no caller")
            .helped("write `CREATOR`, `ANY`, `NONE`, a certificate (PEM) or the hash of a key"));
    return Optional.empty();
  }

  private Optional<Principal> quorum(Mapping mapping, int levels) {
    var entry = mapping.entries().isEmpty() ? null : mapping.entries().getFirst();
    if (entry == null || mapping.entries().size() > 1) {
      problems.add(
          Diagnostic.error(
              DiagnosticId.INVALID_VALUE, mapping.span(), "exactly one key is expected here"));
      return Optional.empty();
    }
    var key = entry.key().text();
    if (key.equals("signer")) {
      return Fields.text(entry.value(), "`signer`", problems).flatMap(this::signer);
    }
    var items = Fields.items(entry.value());
    var members = principals(items, levels - 1);
    var count = key.equals("require-all") ? items.size() : atLeast(key);
    if (count < 1 && !key.equals("require-all")) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.UNKNOWN_KEY,
                  entry.key().span(),
                  "unknown key `%s` in `access_policy`".formatted(key))
              .helped(
                  "write `signer` over a public key, or `require-all` or `require-at-least-N` over a"
                      + " list of N or more"));
      return Optional.empty();
    }
    var distinct = (int) members.stream().map(AccessPolicyReader::identity).distinct().count();
    var tooMany = count > items.size() || (members.size() == items.size() && count > distinct);
    if (count < 1 || (tooMany && !mayGrow(items))) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_VALUE,
                  entry.key().span(),
                  "`%s` can never be met".formatted(key))
              .labelled(
                  count > items.size() || count < 1
                      ? "its list has %d".formatted(items.size())
                      : "a key counts once, and its list has %d different ones"
                          .formatted(distinct)));
      return Optional.empty();
    }
    return Optional.of(new Quorum(count, members));
  }

  /// Returns what two entries have in common if they surely name the same caller.
  private static Object identity(Principal principal) {
    return switch (principal) {
      case CertificateHolder(var pem) -> pem.value().strip();
      case Signer(var pem) -> SignerPem.body(pem.value());
      case Quorum _, Creator _, KeyHolder _, NamedBySecret _ -> principal;
    };
  }

  private Optional<Principal> signer(Text pem) {
    if (SignerPem.isSigner(pem.value())) {
      return Optional.of(new Signer(pem));
    }
    problems.add(
        Diagnostic.error(
                DiagnosticId.INVALID_VALUE,
                pem.span(),
                "`signer` must be one public key: Ed25519 or P-384, in PEM")
            .helped("`openssl pkey -in KEY -pubout` prints the public key of a private key"));
    return Optional.empty();
  }

  /// Returns true if a placeholder may stand for several entries.
  private static boolean mayGrow(List<YamlNode> items) {
    return items.stream().anyMatch(Splicing::isPlaceholder);
  }

  private static int atLeast(String key) {
    var number = key.startsWith(AT_LEAST) ? key.substring(AT_LEAST.length()) : "";
    return number.matches("[1-9][0-9]{0,2}") ? Integer.parseInt(number) : 0;
  }
}
