package dev.testudo.trust.channel;

import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;

/// A volume that a program sees, and what opens it.
///
/// @param owner the session that owns it
/// @param name its name there
/// @param path where the program sees it, absolute
/// @param files how its files are protected: `encrypted` or `authenticated-only`
/// @param updates what CAS does with new tags: `rollback_protected`, `ephemeral` or
///     `no_rollback_protection`
public record VolumeAccess(
    String owner, String name, String path, String files, String updates, FileProtection key) {

  JsonValue json() {
    return new JsonBuilder()
        .put("session", owner)
        .put("name", name)
        .put("path", path)
        .put("files", files)
        .put("update_policy", updates)
        .put("protection", key.json())
        .build();
  }

  static VolumeAccess read(JsonValue value) throws MessageException {
    var fields = JsonMembers.of(value, "volume");
    var path = fields.text("path");
    if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
      throw fields.wrong("path", "an absolute path");
    }
    var volume =
        new VolumeAccess(
            fields.text("session"),
            fields.text("name"),
            path,
            fields.text("files"),
            fields.text("update_policy"),
            FileProtection.read(fields.object("protection")));
    fields.done();
    return volume;
  }
}
