package dev.testudo.it.kube;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Reads the Secrets that Helm sends, which are in protobuf whatever the server prefers
/// (k8s.io/api/core/v1/generated.proto).
final class Protobuf {
  private static final int MAGIC = 4;

  private Protobuf() {}

  private record Field(int number, ByteBuffer content) {
    byte[] bytes() {
      var bytes = new byte[content.remaining()];
      content.duplicate().get(bytes);
      return bytes;
    }
  }

  /// Reads an object after the magic number of Kubernetes.
  static ObjectNode object(byte[] body) throws ApiFault {
    var unknown = fields(ByteBuffer.wrap(body, MAGIC, body.length - MAGIC));
    var type = fields(ByteBuffer.wrap(first(unknown, 1)));
    var object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", text(first(type, 1))).put("kind", text(first(type, 2)));
    if (!object.path("kind").asText().equals("Secret")) {
      throw new ApiFault(415, "UnsupportedMediaType", "protobuf of " + object.path("kind"));
    }
    var secret = fields(ByteBuffer.wrap(first(unknown, 2)));
    object.set("metadata", metadata(fields(ByteBuffer.wrap(first(secret, 1)))));
    var data = object.putObject("data");
    for (var entry : entries(secret, 2)) {
      data.put(text(first(entry, 1)), Base64.getEncoder().encodeToString(first(entry, 2)));
    }
    object.put("type", text(first(secret, 3)));
    return object;
  }

  private static ObjectNode metadata(List<Field> fields) {
    var metadata = JsonNodeFactory.instance.objectNode();
    metadata.put("name", text(first(fields, 1)));
    metadata.put("namespace", text(first(fields, 3)));
    map(metadata, "labels", entries(fields, 11));
    map(metadata, "annotations", entries(fields, 12));
    return metadata;
  }

  private static void map(ObjectNode metadata, String name, List<List<Field>> entries) {
    if (!entries.isEmpty()) {
      var map = metadata.putObject(name);
      entries.forEach(entry -> map.put(text(first(entry, 1)), text(first(entry, 2))));
    }
  }

  private static List<List<Field>> entries(List<Field> fields, int number) {
    var all = new ArrayList<List<Field>>();
    for (var field : fields) {
      if (field.number() == number) {
        all.add(fields(ByteBuffer.wrap(field.bytes())));
      }
    }
    return all;
  }

  private static byte[] first(List<Field> fields, int number) {
    return fields.stream()
        .filter(field -> field.number() == number)
        .map(Field::bytes)
        .findFirst()
        .orElse(new byte[0]);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static List<Field> fields(ByteBuffer buffer) {
    var all = new ArrayList<Field>();
    while (buffer.hasRemaining()) {
      var tag = (int) varint(buffer);
      if ((tag & 7) == 2) {
        var bytes = new byte[(int) varint(buffer)];
        buffer.get(bytes);
        all.add(new Field(tag >>> 3, ByteBuffer.wrap(bytes)));
      } else {
        varint(buffer);
      }
    }
    return all;
  }

  private static long varint(ByteBuffer buffer) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      var next = buffer.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
