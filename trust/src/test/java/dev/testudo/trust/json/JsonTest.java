package dev.testudo.trust.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonNumber;
import dev.testudo.trust.json.JsonValue.JsonString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonTest {
  private static final int LIMIT = 10_000;

  private static JsonValue read(String text) throws MessageException {
    return Json.read(text.getBytes(StandardCharsets.UTF_8), LIMIT);
  }

  @Test
  void readsWhatItWrote() throws MessageException {
    var value =
        new JsonBuilder()
            .put("text", "a\"\\\n\u0001ä\uD83D\uDE00")
            .put("number", Long.MIN_VALUE)
            .put("yes", true)
            .put("none", new JsonValue.JsonNull())
            .put("list", List.of("x", ""))
            .build();
    assertEquals(value, Json.read(Json.write(value), LIMIT));
  }

  @Test
  void refusesWhatIsNotExactlyOneValue() {
    for (var text :
        List.of(
            "",
            " ",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{} {}",
            "{}x",
            "{}\0",
            "nul",
            "// c\n1",
            "'a'",
            "{a:1}",
            "01",
            "+1",
            "1.5",
            "1e3",
            "NaN",
            "\"\t\"",
            "[1 2]",
            "{\"a\" 1}",
            "\uFEFF{}",
            "99999999999999999999",
            "9223372036854775808",
            "\"\\ud800",
            "\"\\x\"")) {
      assertThrows(MessageException.class, () -> read(text), text);
    }
  }

  @Test
  void refusesRepeatedNames() {
    assertThrows(MessageException.class, () -> read("{\"a\":1,\"a\":2}"));
    assertThrows(MessageException.class, () -> read("{\"a\":1,\"\\u0061\":2}"));
  }

  @Test
  void refusesOtherEncodings() {
    assertThrows(
        MessageException.class, () -> Json.read("{}".getBytes(StandardCharsets.UTF_16LE), LIMIT));
    assertThrows(
        MessageException.class,
        () -> Json.read(new byte[] {'"', (byte) 0xC0, (byte) 0x80, '"'}, LIMIT));
    assertThrows(
        MessageException.class, () -> Json.read(new byte[] {'"', (byte) 0xFF, '"'}, LIMIT));
  }

  @Test
  void refusesDepthAndLength() throws MessageException {
    read("[".repeat(Json.MAX_DEPTH) + "]".repeat(Json.MAX_DEPTH));
    assertThrows(
        MessageException.class,
        () -> read("[".repeat(Json.MAX_DEPTH + 1) + "]".repeat(Json.MAX_DEPTH + 1)));
    assertThrows(MessageException.class, () -> read("[".repeat(9000)));
    assertThrows(MessageException.class, () -> read("\"" + "x".repeat(LIMIT) + "\""));
    assertThrows(MessageException.class, () -> read("{\"" + "x".repeat(5000) + "\":1}"));
  }

  @Test
  void fieldsMustBeThereBeRightAndBeAll() throws MessageException {
    var fields = JsonMembers.of(read("{\"a\":\"x\",\"n\":5}"), "it");
    assertEquals("x", fields.text("a"));
    assertThrows(MessageException.class, () -> fields.text("n"));
    assertThrows(MessageException.class, () -> fields.text("missing"));
    assertThrows(MessageException.class, () -> fields.number("n", 6, 9));
    fields.done();
    var more = JsonMembers.of(read("{\"a\":\"x\",\"n\":5}"), "it");
    assertEquals(5, more.number("n", 5, 5));
    assertThrows(MessageException.class, more::done);
    assertThrows(MessageException.class, () -> JsonMembers.of(new JsonNumber(1), "it"));
  }

  @Test
  void nullIsNotAMissingText() throws MessageException {
    var fields = JsonMembers.of(read("{\"a\":null}"), "it");
    assertThrows(MessageException.class, () -> fields.optionalText("a"));
  }

  @Test
  void errorsAndPrintsDoNotQuoteValues() throws MessageException {
    var problem = assertThrows(MessageException.class, () -> read("{\"token\":\"hunter2\" \"x\"}"));
    assertFalse(problem.toString().contains("hunter2"));
    assertEquals("JsonString[7]", read("\"hunter2\"").toString());
    assertFalse(read("{\"token\":\"hunter2\"}").toString().contains("hunter2"));
  }

  @Test
  void damagedMessagesAreErrorsAndNothingElse() {
    var seed = Long.getLong("seed", 7);
    var random = new Random(seed);
    var good =
        "{\"a\":[1,true,null,{\"b\":\"\\u00e4x\"}],\"c\":-12}".getBytes(StandardCharsets.UTF_8);
    for (var i = 0; i < 5000; i++) {
      var bytes = good.clone();
      for (var n = random.nextInt(5); n >= 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        var value = Json.read(bytes, LIMIT);
        assertEquals(value, Json.read(Json.write(value), LIMIT), "seed " + seed);
      } catch (MessageException e) {
        // Expected: the message is damaged.
      }
    }
  }

  @Test
  void arraysKeepTheirOrder() throws MessageException {
    assertEquals(
        new JsonArray(List.of(new JsonString("b"), new JsonString("a"))), read("[\"b\",\"a\"]"));
    assertArrayEquals(
        "[\"b\",\"a\"]".getBytes(StandardCharsets.UTF_8),
        Json.write(new JsonArray(List.of(new JsonString("b"), new JsonString("a")))));
  }
}
