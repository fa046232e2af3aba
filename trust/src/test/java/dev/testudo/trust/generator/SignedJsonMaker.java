package dev.testudo.trust.generator;

import dev.testudo.trust.attest.evidence.Octets;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.UnaryOperator;

/// Signs JSON as Intel's service does, with changes before and after the signature.
final class SignedJsonMaker {
  private UnaryOperator<String> beforeSigning = UnaryOperator.identity();
  private UnaryOperator<String> afterSigning = UnaryOperator.identity();

  void edit(UnaryOperator<String> change) {
    beforeSigning = change;
  }

  void editReply(UnaryOperator<String> change) {
    afterSigning = change;
  }

  Octets make(String member, String json, SigningKey key) {
    var text = beforeSigning.apply(json);
    var signature = HexFormat.of().formatHex(key.sign(text.getBytes(StandardCharsets.UTF_8)));
    var reply = "{\"%s\":%s,\"signature\":\"%s\"}".formatted(member, text, signature);
    return Octets.of(afterSigning.apply(reply).getBytes(StandardCharsets.UTF_8));
  }
}
