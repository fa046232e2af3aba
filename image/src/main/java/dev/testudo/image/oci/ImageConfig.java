package dev.testudo.image.oci;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.JsonValue.JsonString;
import dev.testudo.trust.json.MessageException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// An image's configuration (OCI image-spec, config.md; Docker's has the same members and more).
///
/// @param platform what the image runs on
/// @param container how a container of it starts
/// @param diffIds the digests of the uncompressed layers, the lowest first
/// @param history how the layers were made
/// @param created when the image was made, as written
/// @param others members that Testudo does not know, such as `author` and `docker_version`
public record ImageConfig(
    Platform platform,
    ContainerConfig container,
    List<Digest> diffIds,
    List<HistoryEntry> history,
    Optional<String> created,
    Map<String, JsonValue> others) {
  /// The most bytes of a configuration.
  public static final int MAX_BYTES = 8 << 20;

  private static final int MAX_HISTORY = 4096;

  /// Copies the collections.
  public ImageConfig {
    diffIds = List.copyOf(diffIds);
    history = List.copyOf(history);
    others = Collections.unmodifiableMap(new TreeMap<>(others));
  }

  /// Reads a configuration.
  ///
  /// @throws MessageException if it is malformed
  public static ImageConfig read(byte[] content) throws MessageException {
    var members = OciJson.members(Json.read(content, MAX_BYTES), "configuration");
    var platform = platform(members);
    var container = members.optional("config");
    var history = OciJson.array(members, "history");
    if (history.size() > MAX_HISTORY) {
      throw new MessageException("`history` has more than %d elements".formatted(MAX_HISTORY));
    }
    var entries = new ArrayList<HistoryEntry>();
    for (var entry : history) {
      entries.add(HistoryEntry.read(entry));
    }
    return new ImageConfig(
        platform,
        container.isPresent()
            ? ContainerConfig.read(OciJson.members(container.get(), "config"))
            : ContainerConfig.empty(),
        diffIds(members),
        entries,
        members.optionalText("created"),
        members.rest());
  }

  private static Platform platform(JsonMembers members) throws MessageException {
    return new Platform(
        members.text("os"),
        members.text("architecture"),
        members.optionalText("variant").filter(text -> !text.isEmpty()),
        members.optionalText("os.version").filter(text -> !text.isEmpty()),
        members.optionalTexts("os.features"));
  }

  private static List<Digest> diffIds(JsonMembers members) throws MessageException {
    var rootfs = members.optional("rootfs");
    if (rootfs.isEmpty()) {
      throw new MessageException("`configuration` has no `rootfs`");
    }
    var inner = OciJson.members(rootfs.get(), "rootfs");
    var type = inner.text("type");
    var digests = new ArrayList<Digest>();
    for (var text : inner.optionalTexts("diff_ids")) {
      digests.add(
          Digest.parse(text).orElseThrow(() -> inner.wrong("diff_ids", "an array of digests")));
    }
    if (!type.equals("layers") || digests.size() > Manifest.MAX_LAYERS) {
      throw new MessageException(
          "`rootfs` is not of layers, or of more than %d".formatted(Manifest.MAX_LAYERS));
    }
    return digests;
  }

  /// Returns the same configuration with other containers.
  public ImageConfig with(ContainerConfig other) {
    return new ImageConfig(platform, other, diffIds, history, created, others);
  }

  /// Returns the bytes of the configuration. The same configuration always has the same bytes.
  public byte[] write() {
    var ids = new ArrayList<JsonValue>();
    diffIds.forEach(id -> ids.add(new JsonString(id.toString())));
    var entries = new ArrayList<JsonValue>();
    history.forEach(entry -> entries.add(entry.json()));
    var json =
        new JsonBuilder()
            .put("config", container.json())
            .put("created", created)
            .put(
                "rootfs",
                new JsonBuilder()
                    .put("type", "layers")
                    .put("diff_ids", new JsonArray(ids))
                    .build());
    if (!entries.isEmpty()) {
      json.put("history", new JsonArray(entries));
    }
    platform.json().members().forEach(json::put);
    others.forEach(json::put);
    return Json.write(OciJson.sorted(json.build()));
  }
}
