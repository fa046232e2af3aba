package dev.testudo.trust.channel;

import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;

/// A volume as CAS knows it, whoever imports it.
///
/// @param session the session that owns it
/// @param name its name in that session
public record VolumeRef(SessionName session, String name) {

  /// Adds the members `session` and `volume` to a message.
  JsonBuilder put(JsonBuilder json) {
    return json.put("session", session.value()).put("volume", name);
  }

  /// Takes these members.
  static VolumeRef take(JsonMembers fields) throws MessageException {
    var session =
        SessionName.parse(fields.text("session"))
            .orElseThrow(() -> fields.wrong("session", "the name of a session"));
    var name = fields.text("volume");
    if (!SessionName.isSegment(name)) {
      throw fields.wrong("volume", "the name of a volume");
    }
    return new VolumeRef(session, name);
  }

  /// Returns the session and the name, with a colon between them.
  @Override
  public String toString() {
    return session + ":" + name;
  }
}
