package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PrivateKeys;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Searches for the values of secrets wherever they must not be.
class SecretsStayInsideTest {
  private static final String SECRETS =
      """
      secrets:
        - {name: password, kind: ascii, size: 30}
        - {name: given, kind: ascii, value: correct-horse-battery}
        - {name: bytes, kind: binary, size: 32}
        - {name: key, kind: private-key}
      """;
  private static final String TEMPLATE =
      "$$SCONE::password$$|$$SCONE::given$$|$$SCONE::bytes:hex$$|$$SCONE::key$$";

  @TempDir private Path state;
  private final Queue<String> logged = new ConcurrentLinkedQueue<>();
  private final AtomicInteger refusals = new AtomicInteger();

  private final class Listening extends Handler {
    @Override
    public void publish(LogRecord message) {
      logged.add(new SimpleFormatter().format(message));
      if (String.valueOf(message.getLoggerName()).equals("dev.testudo.cas.http.RefusalLog")) {
        refusals.incrementAndGet();
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void noValueIsInAnyFileLogOrRefusal() throws IOException, PkiException {
    var listening = new Listening();
    Logger.getLogger("").addHandler(listening);
    var values = new ArrayList<byte[]>();
    try (var cas = new TestCas(state)) {
      cas.create(TestCas.showing("a", TEMPLATE, SECRETS).replace(TestCas.TOKEN, "opensesame"));
      var token = Optional.of(Secret.ofText("opensesame"));
      var shown =
          cas.fetch("a/s", report -> TestCas.evidence(TestCas.GOOD_IMAGE, report), token)
              .environment()
              .getOrDefault("V", "")
              .split("\\|", -1);
      assertEquals(4, shown.length);
      values.addAll(inAllWritings(shown));
      var refusals = new StringBuilder();
      refusals.append(assertThrows(IOException.class, () -> cas.fetch("a/s")));
      refusals.append(assertThrows(CasException.class, () -> cas.publicValue("a", "given")));
      refusals.append(
          assertThrows(
              CasException.class,
              () ->
                  cas.create(
                      TestCas.showing("a", TEMPLATE, SECRETS)
                          + "  service_access_token: other\n")));
      assertNowhere(values, "refusals", refusals.toString().getBytes(StandardCharsets.UTF_8));
      assertFiles(values);
    } finally {
      Logger.getLogger("").removeHandler(listening);
    }
    assertEquals(3, refusals.get(), logged.toString());
    assertNowhere(values, "log", logged.toString().getBytes(StandardCharsets.UTF_8));
    assertFiles(values);
  }

  private static List<byte[]> inAllWritings(String[] shown) throws PkiException {
    var raw = new ArrayList<byte[]>();
    raw.add("opensesame".getBytes(StandardCharsets.UTF_8));
    raw.add(shown[0].getBytes(StandardCharsets.UTF_8));
    raw.add(shown[1].getBytes(StandardCharsets.UTF_8));
    raw.add(HexFormat.of().parseHex(shown[2]));
    // The scalar of the key, which is part of every encoding of it.
    var key = PrivateKeys.fromPem(shown[3]).getEncoded();
    raw.add(Arrays.copyOfRange(key, key.length - 32, key.length));
    var all = new ArrayList<>(raw);
    for (var value : raw) {
      all.add(HexFormat.of().formatHex(value).getBytes(StandardCharsets.US_ASCII));
      // Leave out the ends, which depend on the neighbouring bytes.
      var base64 = Base64.getEncoder().withoutPadding().encodeToString(value);
      all.add(base64.substring(0, base64.length() - 2).getBytes(StandardCharsets.US_ASCII));
    }
    all.add(shown[3].lines().toList().get(1).substring(40).getBytes(StandardCharsets.US_ASCII));
    return all;
  }

  private void assertFiles(List<byte[]> values) throws IOException {
    try (var files = Files.walk(state)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        assertNowhere(values, file.toString(), Files.readAllBytes(file));
      }
    }
  }

  private static void assertNowhere(List<byte[]> values, String where, byte[] bytes) {
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    for (var value : values) {
      assertFalse(text.contains(new String(value, StandardCharsets.ISO_8859_1)), where);
    }
  }
}
