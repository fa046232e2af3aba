package dev.testudo.trust.channel;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;

/// The protected files of a program's own image, and what opens them.
///
/// @param path where their description is in the image
/// @param updates what CAS does with new tags: `rollback_protected_reinitializable` or
///     `no_rollback_protection`
public record RegionAccess(String path, String updates, FileProtection key) {

  JsonValue json() {
    return new JsonBuilder()
        .put("path", path)
        .put("update_policy", updates)
        .put("protection", key.json())
        .build();
  }

  static RegionAccess read(JsonValue value) throws MessageException {
    var fields = JsonMembers.of(value, "main region");
    var region =
        new RegionAccess(
            fields.text("path"),
            fields.text("update_policy"),
            FileProtection.read(fields.object("protection")));
    fields.done();
    return region;
  }
}
