package dev.testudo.cas.issue;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.policy.substitution.Placeholder;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.substitution.SecretFormat;
import dev.testudo.policy.substitution.SecretName;
import dev.testudo.policy.substitution.SoftwareIdentity;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/// Replaces the placeholders in the texts of one service. Inserted values are not
/// scanned for placeholders.
///
/// A short text can name a long value thousands of times. So each value is formatted once, lengths
/// are added up first, and no text is built that would exceed the limit.
public final class Expansion {
  private record Written(SecretName secret, SecretFormat format, boolean escapeJson) {}

  private final SessionSecrets secrets;
  private final int limit;
  private final String what;
  private final Map<Written, Secret> values = new HashMap<>();
  private long bytes;

  /// Creates an expansion with values from `secrets`.
  ///
  /// @param limit the most bytes of all expanded texts together
  /// @param what the name of those texts in refusals
  public Expansion(SessionSecrets secrets, int limit, String what) {
    this.secrets = secrets;
    this.limit = limit;
    this.what = what;
  }

  /// Returns the content of a file.
  ///
  /// @throws Refused if a value is not available or the limit is exceeded
  public Secret content(RuntimeTemplate template) throws Refused, IOException {
    var parts = new ArrayList<Secret>();
    var length = 0L;
    for (var part : template.parts()) {
      var written =
          switch (part) {
            case RuntimeTemplate.Literal(var text) -> Secret.ofText(text);
            case Placeholder placeholder -> written(placeholder);
            case SoftwareIdentity _ -> Secret.ofText(secrets.softwareIdentity());
          };
      parts.add(written);
      length += written.length();
      demandRoom(bytes + length);
    }
    bytes += length;
    var out = ByteBuffer.allocate(Math.toIntExact(length));
    for (var part : parts) {
      out = part.reveal(out::put);
    }
    return Secret.taking(out.array());
  }

  /// Returns an argument or a variable: text without NUL.
  ///
  /// @throws Refused if the text would be binary, a value is not available, or the
  ///     limit is exceeded
  public String text(RuntimeTemplate template) throws Refused, IOException {
    for (var placeholder : template.placeholders()) {
      SecretText.requireText(placeholder, secrets);
    }
    String text;
    try (var content = content(template)) {
      text = content.reveal(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
    if (text.indexOf(0) >= 0) {
      throw new Refused(
          RefusalId.SECRET_UNAVAILABLE, "an argument or variable would contain a NUL byte");
    }
    return text;
  }

  private Secret written(Placeholder placeholder) throws Refused, IOException {
    var key = new Written(placeholder.secret(), placeholder.format(), placeholder.escapeJson());
    var known = values.get(key);
    if (known == null) {
      known = SecretText.written(placeholder, secrets);
      values.put(key, known);
    }
    return known;
  }

  private void demandRoom(long wanted) throws Refused {
    if (wanted > limit) {
      throw new Refused(RefusalId.TOO_LARGE, "%s is larger than %d bytes".formatted(what, limit));
    }
  }
}
