package dev.testudo.trust.collateral;

import dev.testudo.trust.collateral.CollateralException.Fault;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.MessageException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The file that carries documents to a machine without a network (docs/formats/collateral.md). The
/// same documents give the same bytes.
public final class CollateralBundle {
  /// The most bytes of a bundle.
  public static final int MOST_BYTES = 256 << 20;

  private static final String VERSION = "testudo_collateral";

  private CollateralBundle() {}

  /// Returns the bytes of a bundle.
  public static byte[] encode(List<StoredDocument> documents) {
    var all =
        documents.stream()
            .sorted(Comparator.comparing(stored -> stored.id().toString()))
            .map(DocumentJson::encode)
            .toList();
    return Json.write(
        new JsonBuilder().put(VERSION, 1).put("documents", new JsonArray(all)).build());
  }

  /// Returns whether a JSON object says that it is a bundle.
  public static boolean isOne(JsonMembers members) {
    return members.has(VERSION);
  }

  /// Reads a bundle. Nothing about the documents is verified.
  ///
  /// @throws CollateralException if it does not follow the format, or is of a later version
  public static List<StoredDocument> decode(JsonMembers members) throws CollateralException {
    try {
      members.number(VERSION, 1, 1);
      var documents = new ArrayList<StoredDocument>();
      for (JsonValue value : members.array("documents")) {
        documents.add(DocumentJson.decode(value));
      }
      members.done();
      return documents;
    } catch (MessageException e) {
      throw new CollateralException(
          Fault.MALFORMED, "the bundle does not follow its format: " + e.getMessage());
    }
  }
}
