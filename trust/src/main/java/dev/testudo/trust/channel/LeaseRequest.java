package dev.testudo.trust.channel;

import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.MessageException;
import java.util.ArrayList;
import java.util.List;

/// What an agent asks about its volumes.
public sealed interface LeaseRequest {
  /// The most bytes of a request or an answer.
  int LIMIT = 64 << 10;

  /// The most volumes of one request.
  int MOST_VOLUMES = 64;

  /// The longest ticket, in characters.
  int MOST_CHARACTERS = 4096;

  /// Returns the ticket that says who asks.
  String ticket();

  /// A mount asks for a volume. To ask again after a lost answer, it names itself as before.
  ///
  /// @param mount 32 hexadecimal digits
  record Claim(String ticket, VolumeRef volume, String mount) implements LeaseRequest {
    @Override
    public String toString() {
      return "Claim[%s]".formatted(volume);
    }
  }

  /// Mounts move their volumes on. CAS decides about each step by itself.
  record Advance(String ticket, List<TagAdvance> steps) implements LeaseRequest {
    /// Copies the list.
    public Advance {
      steps = List.copyOf(steps);
    }

    @Override
    public String toString() {
      return "Advance" + steps;
    }
  }

  /// Mounts ask for more time.
  record Renew(String ticket, List<VolumeLease> leases) implements LeaseRequest {
    /// Copies the list.
    public Renew {
      leases = List.copyOf(leases);
    }

    @Override
    public String toString() {
      return "Renew" + leases;
    }
  }

  /// Mounts give their volumes back.
  record Release(String ticket, List<VolumeLease> leases) implements LeaseRequest {
    /// Copies the list.
    public Release {
      leases = List.copyOf(leases);
    }

    @Override
    public String toString() {
      return "Release" + leases;
    }
  }

  /// Encodes the request as JSON.
  default byte[] encode() {
    var json = new JsonBuilder().put("ticket", ticket());
    switch (this) {
      case Claim(_, var volume, var mount) -> volume.put(json).put("mount", mount);
      case Advance(_, var steps) ->
          json.put("advances", array(steps.stream().map(TagAdvance::json).toList()));
      case Renew(_, var leases) -> json.put("leases", leases(leases));
      case Release(_, var leases) -> json.put("leases", leases(leases));
    }
    return Json.write(json.build());
  }

  private static JsonValue array(List<JsonValue> values) {
    return new JsonValue.JsonArray(values);
  }

  private static JsonValue leases(List<VolumeLease> leases) {
    return array(leases.stream().map(VolumeLease::json).toList());
  }

  /// Decodes a claim.
  static Claim decodeClaim(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "claim");
    var claim =
        new Claim(takeTicket(fields), VolumeRef.take(fields), VolumeLease.takeMount(fields));
    fields.done();
    return claim;
  }

  /// Decodes an advance.
  static Advance decodeAdvance(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "request");
    var ticket = takeTicket(fields);
    var steps = new ArrayList<TagAdvance>();
    for (var step : some(fields, "advances")) {
      steps.add(TagAdvance.read(step));
    }
    fields.done();
    return new Advance(ticket, steps);
  }

  /// Decodes a request for more time.
  static Renew decodeRenew(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "request");
    var renew = new Renew(takeTicket(fields), takeLeases(fields));
    fields.done();
    return renew;
  }

  /// Decodes a release.
  static Release decodeRelease(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "request");
    var release = new Release(takeTicket(fields), takeLeases(fields));
    fields.done();
    return release;
  }

  private static String takeTicket(JsonMembers fields) throws MessageException {
    var ticket = fields.text("ticket");
    if (ticket.length() > MOST_CHARACTERS) {
      throw fields.wrong("ticket", "a ticket");
    }
    return ticket;
  }

  private static List<VolumeLease> takeLeases(JsonMembers fields) throws MessageException {
    var leases = new ArrayList<VolumeLease>();
    for (var lease : some(fields, "leases")) {
      leases.add(VolumeLease.read(lease));
    }
    return leases;
  }

  private static List<JsonValue> some(JsonMembers fields, String name) throws MessageException {
    var values = fields.array(name);
    if (values.isEmpty() || values.size() > MOST_VOLUMES) {
      throw fields.wrong(name, "a list of 1 to %d".formatted(MOST_VOLUMES));
    }
    return values;
  }
}
