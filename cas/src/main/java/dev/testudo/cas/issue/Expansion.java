package dev.testudo.cas.issue;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.policy.substitution.Placeholder;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.substitution.SecretFormat;
import dev.testudo.policy.substitution.SecretName;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/// Puts values where placeholders stand, for one service. What is put in is never looked at again,
/// so a value that looks like a placeholder stays what it is.
///
/// A short text can name a long value thousands of times. So each value is written once, lengths
/// are added up first, and no text is made that would exceed the limit.
public final class Expansion {
  private record Written(SecretName secret, SecretFormat format, boolean escapeJson) {}

  private final SessionSecrets secrets;
  private final int limit;
  private final String what;
  private final Map<Written, Secret> values = new HashMap<>();
  private long bytes;

  /// Takes values from `secrets`.
  ///
  /// @param limit most bytes of everything that is expanded, together
  /// @param what names that for the one who is refused
  public Expansion(SessionSecrets secrets, int limit, String what) {
    this.secrets = secrets;
    this.limit = limit;
    this.what = what;
  }

  /// The bytes of a file's content.
  public Secret content(RuntimeTemplate template) throws Refused, IOException {
    var parts = new ArrayList<Secret>();
    var length = 0L;
    for (var part : template.parts()) {
      var written =
          switch (part) {
            case RuntimeTemplate.Literal(var text) -> Secret.ofText(text);
            case Placeholder placeholder -> written(placeholder);
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

  /// An argument or a variable: text, without NUL.
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
