package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads an entry of `cas`.
record CasReader(Problems problems) {
  static final List<String> ROLES = List.of("cas", "image", "security", "access", "attestation");

  private static final String ELSEWHERE = "sessions go to the CAS that has the role `cas`";

  /// 32 bytes in hexadecimal digits.
  private static final Pattern ENCRYPTION_KEY = Pattern.compile("[0-9a-fA-F]{64}");

  /// 32 bytes in base58.
  private static final Pattern KEY_HASH = Pattern.compile("[1-9A-HJ-NP-Za-km-z]{32,44}");

  Optional<CasInstance> read(YamlNode node) {
    var read = Fields.of(node, MeshKeys.CAS, problems);
    if (read.isEmpty()) {
      return Optional.empty();
    }
    var fields = read.get();
    var name = fields.requiredText("name");
    var aliases = fields.texts("alias");
    name.ifPresent(role -> checkRole(role, "`name`"));
    aliases.forEach(role -> checkRole(role, "`alias`"));
    var url = fields.text("cas_url");
    var key = fields.text("cas_key").filter(this::isKeyHash);
    fields.withoutEffect("a CAS is known by its key, whatever its evidence says", "tolerance");
    var encryptionKey = fields.text("cas_encryption_key").filter(this::isEncryptionKey);
    var mode = UploadMode.read(fields);
    fields.noOthers();
    var cas = name.map(n -> new CasInstance(n, aliases, url, key, encryptionKey, mode));
    cas.ifPresent(instance -> checkSettings(instance, fields));
    return cas;
  }

  /// Checks the settings for sessions, which have no effect at a CAS that gets none.
  private void checkSettings(CasInstance cas, Fields fields) {
    if (cas.storesSessions()) {
      cas.mode().checkSupport(fields.spanOf("mode"), problems);
      if (cas.encryptionKey().isPresent() && !cas.mode().isEncrypted()) {
        warn(fields, "cas_encryption_key", "`mode: %s` encrypts no sessions".formatted(cas.mode()));
      }
      return;
    }
    if (cas.key().isPresent()) {
      warn(fields, "cas_key", ELSEWHERE);
    }
    if (cas.encryptionKey().isPresent()) {
      warn(fields, "cas_encryption_key", ELSEWHERE);
    }
    if (cas.mode() != UploadMode.UPLOAD) {
      warn(fields, "mode", ELSEWHERE);
    }
  }

  private void warn(Fields fields, String key, String why) {
    problems.add(
        Diagnostic.warning(
                DiagnosticId.WITHOUT_EFFECT,
                fields.spanOf(key),
                "`%s` has no effect".formatted(key))
            .labelled(why));
  }

  private boolean isKeyHash(Text text) {
    var valid = KEY_HASH.matcher(text.value()).matches();
    if (!valid) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_VALUE, text.span(), "`cas_key` is not the hash of a key")
              .helped("`testudo cas show` prints it: 32 bytes in base58"));
    }
    return valid;
  }

  private boolean isEncryptionKey(Text text) {
    var valid = ENCRYPTION_KEY.matcher(text.value()).matches();
    if (!valid) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.INVALID_VALUE,
                  text.span(),
                  "`cas_encryption_key` is not an encryption key")
              .helped("`testudo cas show` prints it: 64 hexadecimal digits"));
    }
    return valid;
  }

  private void checkRole(Text role, String key) {
    if (!ROLES.contains(role.value())) {
      problems.add(Fields.notAmong(role, key, ROLES));
    }
  }
}
