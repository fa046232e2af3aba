package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What CAS tells people about a volume of a session. It never contains the key.
///
/// @param name its name in the session
/// @param volume the volume as its owner calls it
/// @param position the state that CAS has; empty if it has never had one
/// @param fence the number of the newest lease; 0 if there was none
/// @param holder the mount that has it, or had it last without giving it back
public record VolumeStatus(
    String name,
    VolumeRef volume,
    Optional<StoredTag> position,
    long fence,
    Optional<Holder> holder) {
  private static final int LIMIT = 1 << 20;

  /// A mount that has a volume.
  ///
  /// @param service the service whose mount it is
  /// @param validFor how long it has the volume unless it asks for more time; zero if the lease has
  ///     expired
  public record Holder(String service, Instant since, Duration validFor) {
    /// Returns true if the mount has the volume now.
    public boolean isValid() {
      return !validFor.isZero();
    }
  }

  private JsonValue json() {
    var json = volume.put(new JsonBuilder().put("name", name));
    position.ifPresent(known -> json.put("position", known.json()));
    json.put("fence", fence);
    holder.ifPresent(
        mount ->
            json.put(
                "holder",
                new JsonBuilder()
                    .put("service", mount.service())
                    .put("since", mount.since().toString())
                    .put("valid_for", mount.validFor().toMillis())
                    .build()));
    return json.build();
  }

  /// Encodes a list as JSON.
  public static byte[] encode(List<VolumeStatus> volumes) {
    return Json.write(
        new JsonBuilder()
            .put(
                "volumes",
                new JsonValue.JsonArray(volumes.stream().map(VolumeStatus::json).toList()))
            .build());
  }

  /// Decodes the result of [#encode(List)].
  public static List<VolumeStatus> decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "answer");
    var volumes = new ArrayList<VolumeStatus>();
    for (var volume : fields.array("volumes")) {
      volumes.add(read(JsonMembers.of(volume, "volume")));
    }
    fields.done();
    return List.copyOf(volumes);
  }

  private static VolumeStatus read(JsonMembers fields) throws MessageException {
    var status =
        new VolumeStatus(
            fields.text("name"),
            VolumeRef.take(fields),
            fields.has("position")
                ? Optional.of(StoredTag.read(fields.object("position")))
                : Optional.empty(),
            fields.natural("fence"),
            fields.has("holder") ? Optional.of(holder(fields.object("holder"))) : Optional.empty());
    fields.done();
    return status;
  }

  private static Holder holder(JsonMembers fields) throws MessageException {
    var holder =
        new Holder(
            fields.text("service"),
            fields.instant("since"),
            Duration.ofMillis(fields.number("valid_for", 0, LeaseAnswer.MOST_MILLIS)));
    fields.done();
    return holder;
  }
}
