package dev.testudo.cas.attestation;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.attest.evidence.ClaimsJson;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.KeyHash;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Tickets with which an instance of a service asks for its volumes. A ticket says what CAS has
/// verified when the instance attested, so that the present policy can be applied to it later
/// without new evidence. CAS stores no tickets: each carries a MAC, and is valid only for the key
/// that attested. It has no end of its own: it is useful as long as the policy accepts what it says
/// and the instance, whose key is in its memory only, runs. Therefore tickets of the version before
/// are read too: an agent that cannot use its ticket loses its volumes.
final class LeaseTickets {
  private static final int LIMIT = 16 << 10;

  private final TicketKey key;

  LeaseTickets(TicketKey key) {
    this.key = key;
  }

  /// What a ticket says.
  ///
  /// @param creator the hash of the key that created the session
  /// @param at when the instance attested
  /// @param claims what the evidence of the instance said
  /// @param shown what else the instance has shown
  record Said(
      ServiceId service, String creator, Instant at, EvidenceClaims claims, Tickets.Shown shown) {}

  /// A form of tickets. Each has a MAC of its own, so none is read as the other.
  private enum Form {
    /// From before CAS verified evidence of hardware.
    SOFTWARE_ONLY("1"),
    PRESENT("2");

    private final String number;

    Form(String number) {
      this.number = number;
    }

    private String begin() {
      return number + ".";
    }

    private List<String> words(KeyHash instance, String content) {
      return List.of("testudo lease ticket v" + number, instance.text(), content);
    }
  }

  /// Returns a ticket for the instance that holds a key.
  String issue(KeyHash instance, Said said) {
    var form = Form.PRESENT;
    var encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(encode(said));
    var content = form.begin() + encoded;
    return content + "." + key.mac(form.words(instance, content));
  }

  /// Returns what a ticket says. Empty if it is not one of this instance.
  Optional<Said> open(KeyHash instance, String ticket) {
    return Arrays.stream(Form.values())
        .filter(form -> ticket.startsWith(form.begin()))
        .findFirst()
        .flatMap(form -> open(form, instance, ticket));
  }

  private Optional<Said> open(Form form, KeyHash instance, String ticket) {
    var dot = ticket.lastIndexOf('.');
    if (dot < form.begin().length()) {
      return Optional.empty();
    }
    var content = ticket.substring(0, dot);
    if (!key.isMac(ticket.substring(dot + 1), form.words(instance, content))) {
      return Optional.empty();
    }
    try {
      var encoded = Base64.getUrlDecoder().decode(content.substring(form.begin().length()));
      return Optional.of(decode(form, encoded));
    } catch (IllegalArgumentException | MessageException e) {
      // A ticket of a later version of CAS.
      return Optional.empty();
    }
  }

  private static byte[] encode(Said said) {
    var json =
        new JsonBuilder()
            .put("service", said.service().toString())
            .put("creator", said.creator())
            .put("at", said.at().toString())
            .put("claims", ClaimsJson.encode(said.claims()))
            .put("join_token", said.shown().joinToken())
            .put("password", said.shown().password())
            .put("access_token", said.shown().accessToken());
    return Json.write(json.build());
  }

  private static Said decode(Form form, byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "ticket");
    var service =
        ServiceId.parse(fields.text("service"))
            .orElseThrow(() -> fields.wrong("service", "the id of a service"));
    var at =
        switch (form) {
          case SOFTWARE_ONLY -> Instant.EPOCH; // software evidence has no dates
          case PRESENT -> fields.instant("at");
        };
    var claims =
        switch (form) {
          case SOFTWARE_ONLY -> software(fields);
          case PRESENT -> ClaimsJson.decode(fields.object("claims"));
        };
    var shown =
        new Tickets.Shown(
            fields.bool("join_token"),
            fields.bool("password"),
            fields.optionalText("access_token"));
    var said = new Said(service, fields.text("creator"), at, claims, shown);
    fields.done();
    return said;
  }

  private static EvidenceClaims software(JsonMembers fields) throws MessageException {
    var software = new EvidenceClaims.Software(fields.text("measurement"));
    if (!fields.text("isolation").equals(software.isolation().toString())) {
      throw fields.wrong("isolation", "that of software");
    }
    return software;
  }
}
