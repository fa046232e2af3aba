package dev.testudo.trust.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.policy.shield.EffectivePolicy;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.MessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Reads and writes a [ShieldStatus] as JSON.
public final class ShieldStatusJson {
  /// The longest document, in bytes. It has room for [ShieldStatus#MOST] entries of each
  /// kind with long names.
  public static final int LIMIT = 8 << 20;

  private static final int FORMAT = 1;

  private ShieldStatusJson() {}

  /// Reads an element of a list.
  @FunctionalInterface
  private interface Reading<T> {
    T read(JsonMembers fields) throws MessageException;
  }

  /// Returns the status as a document.
  public static byte[] write(ShieldStatus status) {
    return Json.writeText(value(status)).getBytes(UTF_8);
  }

  /// Returns the status as a part of a larger document.
  public static JsonValue value(ShieldStatus status) {
    return new JsonBuilder()
        .put("format", FORMAT)
        .put("pid", status.shielded().pid())
        .put("program_pid", status.shielded().programPid())
        .put("pid_namespace", status.shielded().pidNamespace())
        .put("program", status.shielded().program())
        .put("service", status.shielded().service())
        .put("since", status.shielded().since().toString())
        .put("policy", policy(status.policy()))
        .put("listening", array(status.listening(), ShieldStatusJson::listening))
        .put("open", status.connections().open())
        .put("connections", array(status.connections().oldest(), ShieldStatusJson::connection))
        .put("passed", status.connections().passed())
        .put("ended", array(status.connections().ended(), ShieldStatusJson::ended))
        .put("refused", status.refusals().total())
        .put("refusals", array(status.refusals().last(), ShieldStatusJson::refusal))
        .build();
  }

  /// Parses a document.
  public static ShieldStatus read(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "status");
    fields.number("format", FORMAT, FORMAT);
    var status =
        new ShieldStatus(
            new ShieldStatus.Shielded(
                fields.natural("pid"),
                fields.natural("program_pid"),
                fields.optionalText("pid_namespace"),
                fields.text("program"),
                fields.optionalText("service"),
                fields.instant("since")),
            new EffectivePolicy(list(fields, "policy", ShieldStatusJson::row)),
            list(fields, "listening", ShieldStatusJson::listening),
            new ShieldStatus.Connections(
                fields.natural("open"),
                list(fields, "connections", ShieldStatusJson::connection),
                fields.natural("passed"),
                list(fields, "ended", ShieldStatusJson::ended)),
            new ShieldStatus.Refusals(
                fields.natural("refused"), list(fields, "refusals", ShieldStatusJson::refusal)));
    fields.done();
    return status;
  }

  /// Returns the policy as an array of rules.
  public static JsonArray policy(EffectivePolicy policy) {
    return array(
        policy.rows(),
        row ->
            new JsonBuilder()
                .put("rule", row.rule())
                .put("direction", row.direction())
                .put("mode", row.mode())
                .put("where", row.where())
                .put("identity", row.identity())
                .put("peers", row.peers())
                .put("tls", row.tls()));
  }

  private static EffectivePolicy.Row row(JsonMembers fields) throws MessageException {
    return new EffectivePolicy.Row(
        fields.text("rule"),
        fields.text("direction"),
        fields.text("mode"),
        fields.text("where"),
        fields.text("identity"),
        fields.text("peers"),
        fields.text("tls"));
  }

  private static JsonBuilder listening(ShieldStatus.Listening one) {
    return new JsonBuilder()
        .put("rule", one.rule())
        .put("address", one.address())
        .put("secured", one.secured());
  }

  private static ShieldStatus.Listening listening(JsonMembers fields) throws MessageException {
    return new ShieldStatus.Listening(
        fields.text("rule"), fields.text("address"), fields.bool("secured"));
  }

  private static JsonBuilder connection(ShieldStatus.Connection one) {
    return one.traffic()
        .write(one.connection().write(new JsonBuilder()))
        .put("since", one.since().toString())
        .put("tls", one.tls());
  }

  private static ShieldStatus.Connection connection(JsonMembers fields) throws MessageException {
    return new ShieldStatus.Connection(
        SecuredConnection.read(fields),
        Traffic.read(fields),
        fields.instant("since"),
        fields.text("tls"));
  }

  private static JsonBuilder ended(ShieldStatus.Ended one) {
    return one.traffic()
        .write(one.connection().write(new JsonBuilder()))
        .put("at", one.at().toString())
        .put("reason", one.reason());
  }

  private static ShieldStatus.Ended ended(JsonMembers fields) throws MessageException {
    return new ShieldStatus.Ended(
        SecuredConnection.read(fields),
        Traffic.read(fields),
        fields.instant("at"),
        fields.text("reason"));
  }

  private static JsonBuilder refusal(ShieldStatus.Refusal one) {
    return new JsonBuilder()
        .put("operation", one.operation())
        .put("target", one.target())
        .put("rule", one.rule())
        .put("reason", one.reason())
        .put("count", one.count())
        .put("first", one.first().toString())
        .put("last", one.last().toString());
  }

  private static ShieldStatus.Refusal refusal(JsonMembers fields) throws MessageException {
    return new ShieldStatus.Refusal(
        fields.text("operation"),
        fields.text("target"),
        fields.text("rule"),
        fields.text("reason"),
        fields.natural("count"),
        fields.instant("first"),
        fields.instant("last"));
  }

  private static <T> JsonArray array(List<T> all, Function<T, JsonBuilder> write) {
    return new JsonArray(all.stream().map(one -> (JsonValue) write.apply(one).build()).toList());
  }

  private static <T> List<T> list(JsonMembers fields, String name, Reading<T> reading)
      throws MessageException {
    var all = new ArrayList<T>();
    for (var element : fields.array(name)) {
      var one = JsonMembers.of(element, name);
      all.add(reading.read(one));
      one.done();
    }
    return all;
  }
}
