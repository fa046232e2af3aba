package dev.testudo.trust.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/// Reads and writes JSON (RFC 8259) strictly: UTF-8 only, a single value, no trailing bytes,
/// distinct names, whole numbers, and limits on size, depth and the length of names.
public final class Json {
  /// The most levels of nested objects and arrays.
  public static final int MAX_DEPTH = 16;

  private static final int MAX_NAME = 4096;
  private static final int MAX_NUMBER = 20;

  private Json() {}

  /// Reads the single value that `bytes` consists of.
  ///
  /// @param limit the most bytes accepted
  /// @throws MessageException if the bytes are not JSON or exceed a limit
  public static JsonValue read(byte[] bytes, int limit) throws MessageException {
    if (bytes.length > limit) {
      throw new MessageException(
          "the message has %d bytes, %d are allowed".formatted(bytes.length, limit));
    }
    try (var parser = factory(limit).createParser(decode(bytes))) {
      var first = parser.nextToken();
      var value = value(parser, first);
      if (parser.nextToken() != null) {
        throw new MessageException("the message continues after its value");
      }
      return value;
    } catch (MessageException e) {
      throw e;
    } catch (JsonProcessingException e) {
      // Leave out the cause: the parser's message may quote a value.
      var at = e.getLocation();
      throw new MessageException(
          at == null
              ? "not JSON"
              : "not JSON, or beyond a limit, at character %d".formatted(at.getCharOffset()));
    } catch (IOException e) {
      throw new MessageException("not JSON");
    }
  }

  /// Writes `value` without white space.
  public static byte[] write(JsonValue value) {
    var out = new ByteArrayOutputStream();
    try (var generator = new JsonFactory().createGenerator(out)) {
      write(generator, value);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  /// Writes `value` without white space, as text.
  public static String writeText(JsonValue value) {
    return new String(write(value), StandardCharsets.UTF_8);
  }

  private static JsonFactory factory(int limit) {
    var constraints =
        StreamReadConstraints.builder()
            .maxDocumentLength(limit)
            .maxStringLength(limit)
            .maxNestingDepth(MAX_DEPTH)
            .maxNameLength(MAX_NAME)
            .maxNumberLength(MAX_NUMBER)
            .build();
    return JsonFactory.builder()
        .streamReadConstraints(constraints)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .disable(JsonReadFeature.ALLOW_TRAILING_COMMA)
        .build();
  }

  /// Decodes strictly before Jackson sees the text: given bytes, it would guess UTF-16 and UTF-32
  /// and accept some malformed UTF-8.
  private static String decode(byte[] bytes) throws MessageException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new MessageException("the message is not UTF-8");
    }
  }

  private static JsonValue value(JsonParser parser, @Nullable JsonToken token) throws IOException {
    if (token == null) {
      throw new MessageException("the message ends too early");
    }
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> new JsonValue.JsonString(parser.getText());
      case VALUE_NUMBER_INT -> number(parser);
      case VALUE_TRUE -> new JsonValue.JsonBoolean(true);
      case VALUE_FALSE -> new JsonValue.JsonBoolean(false);
      case VALUE_NULL -> new JsonValue.JsonNull();
      case VALUE_NUMBER_FLOAT -> throw new MessageException("numbers must be whole");
      case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw new MessageException("not JSON");
    };
  }

  private static JsonValue number(JsonParser parser) throws IOException {
    if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw new MessageException("a number does not fit 64 bits");
    }
    return new JsonValue.JsonNumber(parser.getLongValue());
  }

  private static JsonValue object(JsonParser parser) throws IOException {
    var members = new LinkedHashMap<String, JsonValue>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = parser.currentName();
      if (name == null || members.containsKey(name)) {
        throw new MessageException("a name is given twice");
      }
      members.put(name, value(parser, parser.nextToken()));
    }
    return new JsonValue.JsonObject(members);
  }

  private static JsonValue array(JsonParser parser) throws IOException {
    var elements = new ArrayList<JsonValue>();
    for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
      elements.add(value(parser, token));
    }
    return new JsonValue.JsonArray(elements);
  }

  private static void write(JsonGenerator generator, JsonValue value) throws IOException {
    switch (value) {
      case JsonValue.JsonObject object -> {
        generator.writeStartObject();
        for (var member : object.members().entrySet()) {
          generator.writeFieldName(member.getKey());
          write(generator, member.getValue());
        }
        generator.writeEndObject();
      }
      case JsonValue.JsonArray array -> {
        generator.writeStartArray();
        for (var element : array.elements()) {
          write(generator, element);
        }
        generator.writeEndArray();
      }
      case JsonValue.JsonString string -> generator.writeString(string.value());
      case JsonValue.JsonNumber number -> generator.writeNumber(number.value());
      case JsonValue.JsonBoolean bool -> generator.writeBoolean(bool.value());
      case JsonValue.JsonNull _ -> generator.writeNull();
    }
  }
}
